import Foundation
import Reactor
import TestSupport
import Testing

@testable import Telemetry

@Suite("parsers of others accept every exposition", .timeLimit(.minutes(1))) struct PeerParserTests {
    /// All that there is: every standard metric in use, process and loops, an overflow, hostile label values.
    private func everything() throws -> MetricRegistry {
        let registry = try MetricsFixture.registry(seriesLimit: 20)
        try registry.observeProcess()
        try registry.observe(try MetricsFixture.group)
        let histograms = [
            StandardMetrics.httpServerRequestDuration, StandardMetrics.httpClientRequestDuration,
            StandardMetrics.rpcServerCallDuration, StandardMetrics.dbClientOperationDuration,
            StandardMetrics.dbClientConnectionsWaitTime, StandardMetrics.messagingClientOperationDuration,
            StandardMetrics.messagingProcessDuration, StandardMetrics.gatewayOverhead,
            StandardMetrics.discoveryPropagation,
        ]
        for (number, definition) in histograms.enumerated() {
            let series = try registry.declare(definition).with(definition.labels.map { "\($0) \(number)" })
            series.record(Double(number) / 3, exemplar: Exemplar(traceID: UInt128(number + 1), time: .now))
            series.record(1e-9)
            series.record(1e9)
        }
        for definition in StandardMetricsTests.gauges {
            try registry.declare(definition).with(definition.labels.map { "a \($0)" }).set(-0.125)
        }
        for definition in StandardMetricsTests.counters {
            try registry.declare(definition).with(definition.labels.map { "a \($0)" }).add(.max)
        }
        _ = try registry.declare(StandardMetrics.targetInfo).with("notes", "shop", "notes-a-1", "1.2.3")
        _ = try registry.declare(StandardMetrics.buildInfo).with("1", "abc")
        try registry.declare(StandardMetrics.httpServerActiveRequests).with("GET", "http").add(-3)
        let hostile = MetricDefinition<Counter>(
            "hostile_total",
            help: "Quotes \" and \\ and\nlines \\n.",
            labels: ["value"]
        )
        let family = try registry.declare(hostile)
        for value in Self.hostileValues { try family.with(value).add() }
        for number in 0..<30 { try family.with("\(number)").add() }
        return registry
    }

    static let hostileValues = [
        "", " ", "\"", "\\", "\\\"", "\n", "\r", "\r\n", "\0", "\\n", "a\"} 1\nb{c=\"", "# EOF", "🦑 é",
        "\u{85}\u{2028}",
        String(repeating: "\\", count: 300),
    ]

    @Test(
        "promtool check metrics has nothing to say",
        .enabled(if: Program.isWanted("promtool"), "needs promtool")
    )
    func promtool() async throws {
        let answer = try await MetricPeer.lint(try everything().exposition(.text))
        #expect(answer.exit == .exited(0) && answer.error.isEmpty, "\(answer.error)\(answer.text)")
    }

    @Test("promtool finds what is wrong", .enabled(if: Program.isWanted("promtool"), "needs promtool"))
    func promtoolRefuses() async throws {
        #expect(try await MetricPeer.lint(Array("# TYPE a counter\na{b=\"\n\"} 1\n".utf8)).exit != .exited(0))
    }

    @Test(
        "prometheus_client reads what was counted",
        .enabled(if: Program.isPythonWanted, "needs Python with prometheus_client"),
        arguments: ExpositionFormat.allCases
    )
    func python(format: ExpositionFormat) async throws {
        let registry = try everything()
        let name = format == .text ? "text" : "openmetrics"
        let answer = try await MetricPeer.parse(registry.exposition(format), as: name)
        #expect(answer.exit == .exited(0), "\(answer.error)")
        let samples = try answer.text.split(separator: "\n").map(Sample.init)
        let lines = registry.snapshot().reduce(0) { count, family in
            count + family.series.count * (family.kind == .histogram ? family.bounds.count + 3 : 1)
        }
        #expect(samples.count == lines)
        let hostile = samples.filter { $0.name == "hostile_total" }
        let values = hostile.compactMap { $0.labels["value"] }
        #expect(values == Self.hostileValues.map(LabelSet.bounded) + (0..<5).map { "\($0)" })
        #expect(hostile.last?.labels == ["overflow": "true"] && hostile.last?.value == 25)
        let durations = samples.filter { $0.name == "http_server_request_duration_seconds_bucket" }
        #expect(durations.map { $0.labels["le"] }.last == "+Inf")
        #expect(durations.last?.value == 3)
        #expect(
            durations.first?.exemplar == (format == .text ? nil : String(repeating: "0", count: 31) + "1")
        )
        #expect(samples.contains { $0.name == "target_info" && $0.labels["service_version"] == "1.2.3" })
    }

    @Test(
        "prometheus_client refuses what is wrong",
        .enabled(if: Program.isPythonWanted, "needs Python with prometheus_client")
    )
    func pythonRefuses() async throws {
        #expect(
            try await MetricPeer.parse(Array("# TYPE a counter\na_total 1\n".utf8), as: "openmetrics").exit
                != .exited(0)
        )
    }

    /// One sample as the parser understood it.
    private struct Sample {
        let name: String
        let labels: [String: String]
        let value: Double
        let exemplar: String?

        init(line: Substring) throws {
            let fields = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any]
            name = try #require(fields?[2] as? String)
            labels = try #require(fields?[3] as? [String: String])
            value = try #require((fields?[4] as? NSNumber)?.doubleValue)
            exemplar = ((fields?[5] as? [Any])?.first as? [String: String])?["trace_id"]
        }
    }
}
