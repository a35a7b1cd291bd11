import Reactor
import Testing

@testable import Telemetry

@Suite("series and their limit") struct SeriesTests {
    private static let definition = MetricDefinition<Counter>("a_total", help: "h", labels: ["x", "y"])

    private func refused(_ snapshot: [FamilySnapshot]) -> MetricValue? {
        snapshot.first { $0.name == "metrics_series_refused_total" }?.value("a_total")
    }

    @Test("the same label values lead to the same series, others to others")
    func lookup() throws {
        let family = try MetricsFixture.registry().declare(Self.definition)
        try family.with("1", "2").add()
        try family.with("1", "2").add(2)
        try family.with("12", "").add(10)
        try family.with("", "12").add(20)
        let snapshot = family.snapshot()
        #expect(snapshot.series.count == 3)
        #expect(snapshot.value("1", "2") == .number(3))
        #expect(snapshot.value("12", "") == .number(10))
        #expect(snapshot.value("", "12") == .number(20))
    }

    @Test("of 100 000 label sets 2 000 get a series, the others one for all, and nothing is lost")
    func limit() throws {
        let registry = try MetricsFixture.registry()
        let family = try registry.declare(Self.definition)
        for number in 0..<100_000 { try family.with("\(number)", "z").add() }
        // Those known before stay known.
        try family.with("1999", "z").add(5)
        let series = family.snapshot().series
        #expect(series.count == 2_001)
        #expect(family.snapshot().value("1999", "z") == .number(6))
        #expect(series.first { $0.labels == .overflow }?.value == .number(98_000))
        #expect(refused(registry.snapshot()) == .number(98_000))
        #expect(MetricsFixture.text(registry, .text).contains("\na_total{overflow=\"true\"} 98000\n"))
    }

    @Test("observed series have the same limit, and what is twice there is shown once")
    func observed() throws {
        let registry = try MetricsFixture.registry(seriesLimit: 3)
        try registry.observe(Self.definition) {
            [["1", "1"], ["1", "1"], ["1"], ["2", "2"], ["3", "3"], ["4", "4"]].map {
                MetricReading(7, labels: $0)
            }
        }
        let first = registry.snapshot()
        let series = first.first { $0.name == "a_total" }?.series
        #expect(series?.map(\.labels.values) == [["1", "1"], ["2", "2"], ["3", "3"]])
        #expect(refused(first) == .number(3))
        // Counted at each scrape.
        #expect(refused(registry.snapshot()) == .number(6))
    }

    @Test("a long value is cut at a character, at 256 bytes")
    func length() throws {
        let family = try MetricsFixture.registry().declare(Self.definition)
        try family.with(String(repeating: "é", count: 200), "a" + String(repeating: "é", count: 200)).add()
        let values = family.snapshot().series[0].labels.values
        #expect(values[0] == String(repeating: "é", count: 128))
        #expect(values[1] == "a" + String(repeating: "é", count: 127))
    }

    @Test("a table finds each series by its number, once made for all threads")
    func table() async throws {
        let registry = try MetricsFixture.registry()
        let family = try registry.declare(Self.definition)
        let table = SeriesTable(family, count: 500) { ["GET", "\($0 + 100)"] }
        #expect(family.snapshot().series.isEmpty)
        await withTaskGroup(of: Void.self) { tasks in
            for loop in (try? MetricsFixture.group.loops) ?? [] {
                tasks.addTask(executorPreference: loop) {
                    for number in 0..<1000 { table[number % 500].add() }
                }
            }
        }
        let snapshot = family.snapshot()
        #expect(snapshot.series.count == 500)
        #expect(snapshot.series.allSatisfy { $0.value == .number(6) })
        #expect(snapshot.value("GET", "404") == .number(6))
        #expect(refused(registry.snapshot()) == nil)
    }

    @Test("a table's index outside, or its wrong number of labels, leads to the overflow")
    func tableOverflow() throws {
        let registry = try MetricsFixture.registry()
        let family = try registry.declare(Self.definition)
        let table = SeriesTable(family, count: 1) { _ in ["only one"] }
        for index in [-1, 0, 0, 1] { table[index].add() }
        #expect(family.snapshot().series.map(\.labels) == [.overflow])
        #expect(family.snapshot().series[0].value == .number(4))
        // The second 0 was looked up before.
        #expect(refused(registry.snapshot()) == .number(3))
    }
}
