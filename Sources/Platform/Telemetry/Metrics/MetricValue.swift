/// What one series shows at a scrape.
public enum MetricValue: Sendable, Equatable {
    /// A counter's, a gauge's or an info's.
    case number(Double)
    /// A histogram's.
    case histogram(HistogramValue)
}
