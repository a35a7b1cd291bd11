extension MetricRegistry {
    /// Declares a gauge whose figures are kept elsewhere: `read` is called at each scrape, on the thread that scrapes.
    ///
    /// - Throws: as ``declare(_:)``.
    public func observe(
        _ definition: MetricDefinition<Gauge>,
        _ read: @escaping @Sendable () -> [MetricReading<Double>]
    ) throws(MetricError) {
        try observe(
            definition,
            values: { read().map { MetricReading(.number($0.value), labels: $0.labelValues) } }
        )
    }

    /// Declares a counter whose figures are kept elsewhere and never fall: `read` is called at each scrape, on the thread
    /// that scrapes.
    ///
    /// - Throws: as ``declare(_:)``.
    public func observe(
        _ definition: MetricDefinition<Counter>,
        _ read: @escaping @Sendable () -> [MetricReading<Double>]
    ) throws(MetricError) {
        try observe(
            definition,
            values: { read().map { MetricReading(.number($0.value), labels: $0.labelValues) } }
        )
    }

    /// Declares a histogram that is kept elsewhere, in the definition's buckets: `read` is called at each scrape, on the
    /// thread that scrapes.
    ///
    /// - Throws: as ``declare(_:)``.
    public func observe(
        _ definition: MetricDefinition<Histogram>,
        _ read: @escaping @Sendable () -> [MetricReading<HistogramValue>]
    ) throws(MetricError) {
        try observe(
            definition,
            values: { read().map { MetricReading(.histogram($0.value), labels: $0.labelValues) } }
        )
    }

    private func observe<Instrument>(
        _ definition: MetricDefinition<Instrument>,
        values: @escaping @Sendable () -> [MetricReading<MetricValue>]
    ) throws(MetricError) {
        let family = ObservedFamily(
            definition: definition,
            limit: seriesLimit,
            refusals: refusals,
            read: values
        )
        try add(family, definition)
    }
}
