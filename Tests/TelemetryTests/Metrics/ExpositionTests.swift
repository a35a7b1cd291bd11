import Reactor
import Testing

@testable import Telemetry

@Suite("exposition") struct ExpositionTests {
    private func registry() throws -> MetricRegistry {
        let registry = try MetricsFixture.registry()
        let requests = MetricDefinition<Counter>(
            "http_requests_total",
            help: "All \"requests\".",
            labels: ["path"]
        )
        try registry.declare(requests).with("a\\b\n\"c\"").add(3)
        let age = MetricDefinition<Gauge>("age_seconds", help: "Two\nlines, \\.", unit: .seconds)
        try registry.declare(age).with().set(0.25)
        let info = MetricDefinition<Info>("target_info", help: "Target.", labels: ["service_name"])
        _ = try registry.declare(info).with("é")
        let bounds = HistogramBounds([0.005, 1])
        let size = MetricDefinition<Histogram>(
            "d_seconds",
            help: "Durations.",
            unit: .seconds,
            bounds: bounds,
            labels: ["m"]
        )
        let durations = try registry.declare(size).with("GET")
        let time = MonotonicInstant(nanoseconds: 1_520_879_607_789_000_000)
        durations.record(0.001)
        durations.record(0.5, exemplar: Exemplar(traceID: 0x4bf92f, time: time))
        durations.record(30)
        return registry
    }

    @Test("text 0.0.4")
    func text() throws {
        #expect(
            MetricsFixture.text(try registry(), .text) == """
                # HELP age_seconds Two\\nlines, \\\\.
                # TYPE age_seconds gauge
                age_seconds 0.25
                # HELP d_seconds Durations.
                # TYPE d_seconds histogram
                d_seconds_bucket{m="GET",le="0.005"} 1
                d_seconds_bucket{m="GET",le="1.0"} 2
                d_seconds_bucket{m="GET",le="+Inf"} 3
                d_seconds_sum{m="GET"} 30.501
                d_seconds_count{m="GET"} 3
                # HELP http_requests_total All "requests".
                # TYPE http_requests_total counter
                http_requests_total{path="a\\\\b\\n\\"c\\""} 3
                # HELP target_info Target.
                # TYPE target_info gauge
                target_info{service_name="é"} 1

                """
        )
    }

    @Test("OpenMetrics 1.0")
    func openMetrics() throws {
        #expect(
            MetricsFixture.text(try registry(), .openMetrics) == """
                # HELP age_seconds Two\\nlines, \\\\.
                # TYPE age_seconds gauge
                # UNIT age_seconds seconds
                age_seconds 0.25
                # HELP d_seconds Durations.
                # TYPE d_seconds histogram
                # UNIT d_seconds seconds
                d_seconds_bucket{m="GET",le="0.005"} 1
                d_seconds_bucket{m="GET",le="1.0"} 2 \
                # {trace_id="000000000000000000000000004bf92f"} 0.5 1520879607.789
                d_seconds_bucket{m="GET",le="+Inf"} 3
                d_seconds_sum{m="GET"} 30.501
                d_seconds_count{m="GET"} 3
                # HELP http_requests All \\"requests\\".
                # TYPE http_requests counter
                http_requests_total{path="a\\\\b\\n\\"c\\""} 3
                # HELP target Target.
                # TYPE target info
                target_info{service_name="é"} 1
                # EOF

                """
        )
    }

    static let numbers: [(Double, String)] = [
        (0, "0"), (-0.0, "0"), (1, "1"), (-12, "-12"), (9_007_199_254_740_991, "9007199254740991"),
        (0.1, "0.1"),
        (1e16, "1e+16"), (-2.5e-7, "-2.5e-07"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (2.2250738585072014e-308, "2.2250738585072014e-308"),
        (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ]

    @Test("numbers keep their value", arguments: numbers)
    func number(value: Double, text: String) throws {
        let registry = try MetricsFixture.registry()
        try registry.declare(MetricDefinition<Gauge>("a", help: "h")).with().set(value)
        #expect(MetricsFixture.text(registry, .text).hasSuffix("\na \(text)\n"))
    }

    @Test("a metric without series is not shown, an empty exposition still ends")
    func empty() throws {
        let registry = try MetricsFixture.registry()
        _ = try registry.declare(MetricDefinition<Counter>("a_total", help: "h", labels: ["x"]))
        #expect(MetricsFixture.text(registry, .text) == "")
        #expect(MetricsFixture.text(registry, .openMetrics) == "# EOF\n")
    }

    @Test("an observed histogram with too few or too many counts has its buckets all the same")
    func observedHistogram() throws {
        let registry = try MetricsFixture.registry()
        let definition = MetricDefinition<Histogram>(
            "a",
            help: "h",
            unit: .none,
            bounds: HistogramBounds([1]),
            labels: ["x"]
        )
        try registry.observe(definition) {
            [
                MetricReading(HistogramValue(counts: [5], sum: 2), labels: ["few"]),
                MetricReading(HistogramValue(counts: [1, 1, 9], sum: 2), labels: ["many"]),
            ]
        }
        let text = MetricsFixture.text(registry, .text)
        #expect(text.contains("a_bucket{x=\"few\",le=\"+Inf\"} 5\n"))
        #expect(text.contains("a_count{x=\"few\"} 5\n"))
        #expect(text.contains("a_bucket{x=\"many\",le=\"+Inf\"} 2\n"))
        #expect(text.contains("a_count{x=\"many\"} 2\n"))
    }
}
