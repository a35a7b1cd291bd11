/// Counts, for each metric, the label sets that found no room.
struct SeriesRefusals: Sendable {
    /// The counter that all registries have.
    static let definition = MetricDefinition<Counter>(
        "metrics_series_refused_total",
        help: "Label sets that found no room below the limit, by metric.",
        labels: ["metric"]
    )

    private let family: MetricFamily<Counter>

    init(_ family: MetricFamily<Counter>) { self.family = family }

    func count(for metric: String) {
        // One label, one value. The number of metrics bounds the number of series.
        do { try family.with(metric).add() } catch { assertionFailure("\(error)") }
    }
}
