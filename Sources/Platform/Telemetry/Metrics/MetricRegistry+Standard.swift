public import Reactor

extension MetricRegistry {
    /// Declares the metrics of the process.
    ///
    /// A figure that `/proc` does not tell is left out of the scrape.
    /// - Throws: ``MetricError`` when they are declared already.
    public func observeProcess() throws(MetricError) {
        try observeProcess(StandardMetrics.processResidentMemory) { $0.residentByteCount }
        try observeProcess(StandardMetrics.processVirtualMemory) { $0.virtualByteCount }
        try observeProcess(StandardMetrics.processThreads) { $0.threadCount }
        try observe(StandardMetrics.processCPU) {
            ProcessStatus.read().map { [MetricReading($0.processorSeconds)] } ?? []
        }
        try observe(StandardMetrics.processOpenFiles) { Self.readings(ProcessStatus.openFileCount()) }
        try observe(StandardMetrics.processMaxFiles) { Self.readings(ProcessStatus.openFileLimit()) }
        let start = ProcessStatus.startTime()
        try observe(StandardMetrics.processStartTime) { Self.readings(start) }
    }

    /// Declares the metrics of the loops and of their blocking pool.
    ///
    /// - Throws: ``MetricError`` when they are declared already.
    public func observe(_ group: EventLoopGroup) throws(MetricError) {
        try observe(StandardMetrics.eventLoopLag) {
            Self.readings(group) { snapshot in
                HistogramValue(counts: snapshot.lagBuckets, sum: Self.seconds(snapshot.busy))
            }
        }
        try observe(StandardMetrics.eventLoopCurrentLag) {
            Self.readings(group) { Self.seconds($0.currentLag) }
        }
        try observe(StandardMetrics.eventLoopLongestTurn) {
            Self.readings(group) { Self.seconds($0.longestTurn) }
        }
        try observe(StandardMetrics.eventLoopBusy) { Self.readings(group) { Self.seconds($0.busy) } }
        try observe(StandardMetrics.blockingPoolCalls) {
            let figures = group.blocking.snapshot()
            return [
                MetricReading(Double(figures.running), labels: ["running"]),
                MetricReading(Double(figures.waiting), labels: ["waiting"]),
            ]
        }
        try observe(StandardMetrics.blockingPoolRefused) {
            [MetricReading(Double(group.blocking.snapshot().refused))]
        }
    }

    private func observeProcess(
        _ definition: MetricDefinition<Gauge>,
        _ figure: @escaping @Sendable (ProcessStatus) -> Double
    ) throws(MetricError) {
        try observe(definition) { Self.readings(ProcessStatus.read().map(figure)) }
    }

    private static func readings(_ value: Double?) -> [MetricReading<Double>] {
        value.map { [MetricReading($0)] } ?? []
    }

    private static func readings<Value>(
        _ group: EventLoopGroup,
        _ figure: (LoopStatistics.Snapshot) -> Value
    ) -> [MetricReading<Value>] {
        group.loops.map { MetricReading(figure($0.statistics.snapshot()), labels: ["\($0.index)"]) }
    }

    private static func seconds(_ duration: Duration) -> Double { Double(duration.nanoseconds) / 1e9 }
}
