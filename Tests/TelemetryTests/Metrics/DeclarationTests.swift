import Reactor
import Testing

@testable import Telemetry

@Suite("declaring metrics") struct DeclarationTests {
    static let broken: [(MetricDefinition<Counter>, String)] = [
        (MetricDefinition("", help: "h"), "begins with no digit"),
        (MetricDefinition("1a_total", help: "h"), "begins with no digit"),
        (MetricDefinition("a b_total", help: "h"), "has only a-z"),
        (MetricDefinition("a:b_total", help: "h"), "has only a-z"),
        (MetricDefinition("é_total", help: "h"), "has only a-z"),
        (MetricDefinition("a\n_total", help: "h"), "has only a-z"),
        (MetricDefinition("requests", help: "h"), "ends in _total"),
        (MetricDefinition("_total", help: "h"), "ends in _total"),
        (MetricDefinition("a_count_total", help: "h"), "ends in _count"),
        (MetricDefinition("a_total", help: "h", unit: .seconds), "ends in its unit, _seconds_total"),
        (MetricDefinition("a_total", help: ""), "help text is empty"),
        (MetricDefinition("a_total", help: "h", labels: ["a-b"]), "label a-b"),
        (MetricDefinition("a_total", help: "h", labels: [""]), "label :"),
        (MetricDefinition("a_total", help: "h", labels: ["__name__"]), "label __name__"),
        (MetricDefinition("a_total", help: "h", labels: ["le"]), "label le"),
        (MetricDefinition("a_total", help: "h", labels: ["instance"]), "label instance"),
        (MetricDefinition("a_total", help: "h", labels: ["overflow"]), "label overflow"),
        (MetricDefinition("a_total", help: "h", labels: ["x", "x"]), "two labels"),
    ]

    @Test("a definition that breaks a rule is refused, and the error names it", arguments: broken)
    func refuses(definition: MetricDefinition<Counter>, because rule: String) throws {
        let registry = try MetricsFixture.registry()
        let error = #expect(throws: MetricError.self) { try registry.declare(definition) }
        #expect(error?.description.contains(rule) == true, "\(error?.description ?? "")")
        #expect(error?.metric == definition.name)
    }

    static let brokenBounds: [([Double], String)] = [
        ([], "0 bounds"), ([1, 1], "must grow"), ([2, 1], "must grow"),
        ([1, .infinity], "not a finite number"),
        ([.nan], "not a finite number"), ((0..<101).map(Double.init), "101 bounds"),
    ]

    @Test("bounds that break a rule are refused", arguments: brokenBounds)
    func refuses(bounds: [Double], because rule: String) throws {
        let definition = MetricDefinition<Histogram>(
            "a_seconds",
            help: "h",
            unit: .seconds,
            bounds: HistogramBounds(bounds)
        )
        let error = #expect(throws: MetricError.self) { try MetricsFixture.registry().declare(definition) }
        #expect(error?.description.contains(rule) == true, "\(error?.description ?? "")")
    }

    @Test("the largest histogram can be used")
    func largest() throws {
        let bounds = HistogramBounds((0..<HistogramBounds.limit).map(Double.init))
        let definition = MetricDefinition<Histogram>("a_seconds", help: "h", unit: .seconds, bounds: bounds)
        let histogram = try MetricsFixture.registry().declare(definition).with()
        histogram.record(1e9, exemplar: Exemplar(traceID: 1, time: .now))
        #expect(histogram.value.counts.last == 1)
        #expect(histogram.value.exemplars.last??.exemplar.traceID == 1)
    }

    @Test("a metric is declared once, alike or not")
    func twice() throws {
        let registry = try MetricsFixture.registry()
        _ = try registry.declare(MetricDefinition<Counter>("a_total", help: "h"))
        let taken = MetricError(code: .taken(by: "a_total"), metric: "a_total")
        #expect(throws: taken) { try registry.declare(MetricDefinition<Counter>("a_total", help: "h")) }
        #expect(throws: taken) {
            try registry.declare(MetricDefinition<Counter>("a_total", help: "other", labels: ["b"]))
        }
        #expect(throws: taken) {
            try registry.observe(MetricDefinition<Counter>("a_total", help: "h")) { [] }
        }
    }

    @Test("two metrics may not expose series of the same name")
    func series() throws {
        let registry = try MetricsFixture.registry()
        let histogram = MetricDefinition<Histogram>("a", help: "h", unit: .none, bounds: .http)
        _ = try registry.declare(histogram)
        let taken = MetricError(code: .taken(by: "a"), metric: "a_total")
        #expect(throws: taken) { try registry.declare(MetricDefinition<Counter>("a_total", help: "h")) }
        #expect(throws: MetricError(code: .taken(by: "a"), metric: "a_info")) {
            try registry.declare(MetricDefinition<Info>("a_info", help: "h", labels: []))
        }
        #expect(throws: MetricError.self) {
            try registry.declare(MetricDefinition<Gauge>("a_bucket", help: "h"))
        }
        #expect(throws: MetricError.self) { try registry.declare(SeriesRefusals.definition) }
    }

    @Test("a lookup needs one value for each label", arguments: [[], ["a"], ["a", "b", "c"]])
    func labelCount(values: [String]) throws {
        let definition = MetricDefinition<Counter>("a_total", help: "h", labels: ["x", "y"])
        let family = try MetricsFixture.registry().declare(definition)
        let wrong = MetricError(code: .labelCount(expected: 2, got: values.count), metric: "a_total")
        #expect(throws: wrong) { try family.with(values) }
        #expect(family.snapshot().series.isEmpty)
    }
}
