/// The figure of one series that is kept elsewhere and read at each scrape.
public struct MetricReading<Value: Sendable>: Sendable {
    /// The values of the declared labels, in their order.
    public let labelValues: [String]
    /// The figure.
    public let value: Value

    /// Joins a figure with its labels.
    public init(_ value: Value, labels labelValues: [String] = []) {
        self.labelValues = labelValues
        self.value = value
    }
}
