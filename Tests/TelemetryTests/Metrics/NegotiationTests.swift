import Reactor
import Testing

@testable import Telemetry

@Suite("choosing a format") struct NegotiationTests {
    static let accepted: [(String?, ExpositionFormat)] = [
        (nil, .text), ("", .text), ("*/*", .text), ("text/html", .text), ("text/plain", .text),
        ("application/openmetrics-text", .openMetrics),
        ("Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8", .openMetrics),
        ("application/openmetrics-text;version=\"1.0.0\"", .openMetrics),
        ("application/openmetrics-text;version=2.0.0", .text),
        (
            "application/openmetrics-text;version=2.0.0,application/openmetrics-text;version=1.0.0;q=0.5",
            .openMetrics
        ),
        ("application/*", .openMetrics), ("application/*;q=0.1,*/*;q=0.5", .text),
        ("application/openmetrics-text;q=0", .text),
        ("application/openmetrics-text;q=0,application/*", .text),
        ("application/openmetrics-text;q=0.5,text/plain;q=0.6", .text),
        ("text/plain;q=0.5,application/openmetrics-text;q=0.6", .openMetrics),
        ("application/openmetrics-text;q=0.5,*/*;q=0.1", .openMetrics),
        ("application/openmetrics-text;q=0.5,text/plain;version=0.0.4;q=0.4,*/*", .openMetrics),
        // What Prometheus 2.42 and 3.0 send.
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
        ),
        (
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;"
                + "version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,"
                + "/;q=0.1", .openMetrics
        ),
        // Malformed elements are passed over.
        ("application/openmetrics-text;q=2", .text), ("application/openmetrics-text;q=x", .text),
        (",,;,=;q,application/openmetrics-text", .openMetrics), ("application/openmetrics-text;q", .text),
        ("application/openmetrics-text;q=nan", .text),
    ]

    @Test("Accept decides", arguments: accepted)
    func accept(field: String?, format: ExpositionFormat) {
        #expect(ExpositionFormat(accept: field) == format)
    }

    static let encodings: [(String?, Bool)] = [
        (nil, false), ("", false), ("gzip", true), ("GZIP", true), ("x-gzip", true), ("*", true),
        ("deflate, br", false),
        ("gzip;q=0", false), ("gzip;q=0, *", false), ("*;q=0", false), ("gzip;q=0.5, identity", false),
        ("gzip, identity;q=0.5", true), ("br;q=1, gzip; q=0.1", true), ("gzipped", false),
    ]

    @Test("Accept-Encoding decides, and gzip(1) gives the same text back", arguments: encodings)
    func encoding(field: String?, compressed: Bool) async throws {
        let registry = try MetricsFixture.registry()
        let definition = MetricDefinition<Counter>("a_total", help: "h", labels: ["x"])
        let family = try registry.declare(definition)
        for number in 0..<200 { try family.with("\(number)").add() }
        let pool = try MetricsFixture.group.blocking
        let scrape = try await registry.scrape(accept: "text/plain", acceptEncoding: field, on: pool)
        let plain = registry.exposition(.text)
        #expect(scrape.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(scrape.contentEncoding == (compressed ? "gzip" : nil))
        #expect((scrape.body == plain) == !compressed)
        guard compressed else { return }
        #expect(scrape.body.count < plain.count / 4)
        #expect(try await MetricPeer.decompress(scrape.body) == plain)
    }

    @Test("a scrape that begins on a loop reads and renders elsewhere, and comes back")
    func offLoop() async throws {
        let registry = try MetricsFixture.registry()
        try registry.observe(MetricDefinition<Gauge>("on_loop", help: "h")) {
            [MetricReading(EventLoop.current == nil ? 0 : 1)]
        }
        let (loop, pool) = (try MetricsFixture.group.loops[0], try MetricsFixture.group.blocking)
        let (body, isBack) = try await Task(executorPreference: loop) {
            let scrape = try await registry.scrape(accept: nil, acceptEncoding: nil, on: pool)
            return (scrape.body, EventLoop.current === loop)
        }.value
        #expect(String(decoding: body, as: UTF8.self).hasSuffix("\non_loop 0\n"))
        #expect(isBack)
    }

    @Test("an empty content is compressed, too")
    func emptyContent() async throws {
        #expect(try await MetricPeer.decompress(try Gzip.compress([])) == [])
    }
}
