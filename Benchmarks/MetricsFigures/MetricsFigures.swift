import Reactor
import Telemetry

/// What metrics cost: nanoseconds for each call on a loop, milliseconds for a scrape. Build it for release:
/// `swift run -c release metrics-figures`.
@main struct MetricsFigures {
    static func main() async throws {
        let group = try EventLoopGroup()
        let loop = group.loops[0]
        let registry = MetricRegistry(loops: group.loops, seriesLimit: 20_000)
        guard CommandLine.arguments.dropFirst() != ["scrape"] else {
            return try await scrapes(registry, group)
        }
        let counter = try registry.declare(MetricDefinition<Counter>("a_total", help: "a")).with()
        let durations = try registry.declare(StandardMetrics.httpServerRequestDuration)
        let table = SeriesTable(durations, count: 500) { ["GET", "/a", "\($0 + 100)", "http", ""] }
        let exemplar = Exemplar(traceID: 1, time: .now)
        await report("counter, on a loop", on: loop) { _ in counter.add() }
        await report("counter, elsewhere", on: nil) { _ in counter.add() }
        await report("histogram by status", on: loop) { table[$0 & 1 + 100].record(0.0004) }
        await report("the same with an exemplar", on: loop) {
            table[$0 & 1 + 100].record(0.0004, exemplar: exemplar)
        }

        try await scrapes(registry, group)
    }

    /// Scrapes of 10 000 series, and how long a loop was busy at a time meanwhile.
    private static func scrapes(_ registry: MetricRegistry, _ group: EventLoopGroup) async throws {
        let many = MetricDefinition<Counter>("b_total", help: "b", labels: ["route", "method"])
        let family = try registry.declare(many)
        for number in 0..<10_000 {
            try family.with("/route/\(number % 100)", "\(number / 100)").add(UInt64(number))
        }
        try await scrape("10 000 counters", registry, group)
        let histograms = MetricRegistry(loops: group.loops)
        let routes = try histograms.declare(StandardMetrics.httpServerRequestDuration)
        for number in 0..<588 {
            let series = try routes.with("GET", "/route/\(number)", "200", "http", "")
            for step in 0..<100 { series.record(Double(step) * 0.0137) }
        }
        try await scrape("588 histograms, 10 000 lines", histograms, group)
        let turn = group.loops.map { $0.statistics.snapshot().longestTurn.nanoseconds }.max() ?? 0
        print("longest turn of a loop meanwhile: \(Double(turn / 1000) / 1000) ms")
    }

    /// Calls `body` 10 million times.
    private static func report(
        _ name: String,
        on loop: EventLoop?,
        _ body: @escaping @Sendable (Int) -> Void
    ) async {
        let count = 10_000_000
        let spent = await Task(executorPreference: loop) {
            let began = MonotonicInstant.now
            for number in 0..<count { body(number) }
            return (MonotonicInstant.now - began).nanoseconds
        }.value
        print("\(name): \(Double(spent / 10_000) / Double(count / 10_000)) ns")
    }

    /// The fastest of 20 scrapes, plain and compressed.
    private static func scrape(
        _ name: String,
        _ registry: MetricRegistry,
        _ group: EventLoopGroup
    ) async throws {
        for encoding in ["identity", "gzip"] {
            var best = Int64.max
            var size = 0
            for _ in 0..<20 {
                let began = MonotonicInstant.now
                let scrape = try await registry.scrape(
                    accept: "application/openmetrics-text",
                    acceptEncoding: encoding,
                    on: group.blocking
                )
                best = min(best, (MonotonicInstant.now - began).nanoseconds)
                size = scrape.body.count
            }
            print("\(name), \(encoding): \(Double(best / 1000) / 1000) ms, \(size) bytes")
        }
    }
}
