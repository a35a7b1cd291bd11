/// What a metric is called, what it means and which labels it has: written once, as a constant.
///
/// Whether it keeps the rules is checked when it is declared (``MetricRegistry/declare(_:)``).
public struct MetricDefinition<Instrument: Sendable>: Sendable {
    /// The name of its series: with `_total` for a counter, without `_bucket` for a histogram.
    public let name: String
    /// One sentence for people.
    public let help: String
    /// The unit of its values.
    public let unit: MetricUnit
    /// The names of its labels, in the order in which values are given.
    public let labels: [String]
    /// What its figures mean.
    public let kind: MetricKind
    /// The buckets' upper bounds; empty unless it is a histogram.
    public var bounds: [Double] { histogramBounds?.values ?? [] }

    let histogramBounds: HistogramBounds?
    let make: @Sendable (MetricStorage) -> Instrument
    let read: @Sendable (Instrument) -> MetricValue

    /// The name that the series' names begin with: without the kind's suffix.
    var familyName: String {
        String(name.dropLast(name.hasSuffix(kind.nameSuffix) ? kind.nameSuffix.count : 0))
    }
}

extension MetricDefinition<Counter> {
    /// Defines a counter; the name ends in `_total`.
    public init(_ name: String, help: String, unit: MetricUnit = .none, labels: [String] = []) {
        self.init(
            name: name,
            help: help,
            unit: unit,
            labels: labels,
            kind: .counter,
            histogramBounds: nil,
            make: { Counter($0) },
            read: { .number(Double($0.value)) }
        )
    }
}

extension MetricDefinition<UpDownCounter> {
    /// Defines a gauge that is counted up and down.
    public init(_ name: String, help: String, unit: MetricUnit = .none, labels: [String] = []) {
        self.init(
            name: name,
            help: help,
            unit: unit,
            labels: labels,
            kind: .gauge,
            histogramBounds: nil,
            make: { UpDownCounter($0) },
            read: { .number(Double($0.value)) }
        )
    }
}

extension MetricDefinition<Gauge> {
    /// Defines a gauge that is set or observed.
    public init(_ name: String, help: String, unit: MetricUnit = .none, labels: [String] = []) {
        self.init(
            name: name,
            help: help,
            unit: unit,
            labels: labels,
            kind: .gauge,
            histogramBounds: nil,
            make: { Gauge($0) },
            read: { .number($0.value) }
        )
    }
}

extension MetricDefinition<Histogram> {
    /// Defines a histogram; `le` is no name for a label of its.
    public init(
        _ name: String,
        help: String,
        unit: MetricUnit,
        bounds: HistogramBounds,
        labels: [String] = []
    ) {
        self.init(
            name: name,
            help: help,
            unit: unit,
            labels: labels,
            kind: .histogram,
            histogramBounds: bounds,
            make: { Histogram($0, bounds) },
            read: { .histogram($0.value) }
        )
    }
}

extension MetricDefinition<Info> {
    /// Defines a metric that only has labels; the name ends in `_info`.
    public init(_ name: String, help: String, labels: [String]) {
        self.init(
            name: name,
            help: help,
            unit: .none,
            labels: labels,
            kind: .info,
            histogramBounds: nil,
            make: { _ in Info() },
            read: { _ in .number(1) }
        )
    }
}
