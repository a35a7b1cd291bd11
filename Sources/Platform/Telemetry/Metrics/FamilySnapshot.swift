/// A metric with all its series, read at one moment.
public struct FamilySnapshot: Sendable {
    /// One series.
    public struct Series: Sendable {
        /// Its labels.
        public let labels: LabelSet
        /// Its figures.
        public let value: MetricValue
    }

    /// The name as it was defined.
    public let name: String
    /// The name without the kind's suffix.
    let familyName: String
    /// One sentence for people.
    public let help: String
    /// The unit of its values.
    public let unit: MetricUnit
    /// The names of its labels.
    public let labelNames: [String]
    /// What its figures mean.
    public let kind: MetricKind
    /// The buckets' upper bounds; empty unless it is a histogram.
    public let bounds: [Double]
    /// Its series, the oldest first.
    public let series: [Series]

    init(_ definition: MetricDefinition<some Sendable>, series: [Series]) {
        name = definition.name
        familyName = definition.familyName
        help = definition.help
        unit = definition.unit
        labelNames = definition.labels
        kind = definition.kind
        bounds = definition.bounds
        self.series = series
    }

    /// The figures of the series with these label values; nil when there is none.
    public func value(_ labelValues: String...) -> MetricValue? {
        series.first { $0.labels.values == labelValues }?.value
    }
}
