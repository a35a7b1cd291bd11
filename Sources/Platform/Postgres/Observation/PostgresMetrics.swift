public import Telemetry

/// The metrics of a process's pools: made once, and given to each pool.
///
/// `db_client_operation_duration_seconds` by operation and table, `db_client_connections` by state,
/// `db_client_connections_max`, `…_pending_requests` and `…_wait_time_seconds`; connections of several pools are added
/// up. Labels come from the statements' text, which is the programmer's own: values are no part of it.
public final class PostgresMetrics: Sendable {
    /// How long calls waited for a connection; a call that needed no wait counts as zero.
    let waitTime: Histogram
    private let durations: MetricFamily<Histogram>
    private let pools = PoolFigureList()

    /// Declares the metrics.
    ///
    /// - Throws: `MetricError` when the registry has them already.
    public init(_ registry: MetricRegistry) throws(MetricError) {
        durations = try registry.declare(StandardMetrics.dbClientOperationDuration)
        waitTime = try registry.declare(StandardMetrics.dbClientConnectionsWaitTime).with()
        let pools = pools
        try registry.observe(StandardMetrics.dbClientConnections) {
            [
                MetricReading(pools.sum { $0.now.idle }, labels: ["idle"]),
                MetricReading(pools.sum { $0.now.used }, labels: ["used"]),
            ]
        }
        try registry.observe(StandardMetrics.dbClientConnectionsMax) { [MetricReading(pools.sum(\.limit))] }
        try registry.observe(StandardMetrics.dbClientConnectionsPendingRequests) {
            [MetricReading(pools.sum { $0.now.pending })]
        }
    }

    /// The series of a kind of statement; beyond the registry's limit it is the one of the overflow.
    func durations(of summary: StatementSummary) -> Histogram? {
        try? durations.with(StatementKind.system, summary.operation, summary.table ?? "")
    }

    /// Counts a loop's connections in.
    func add(limit: Int) -> PoolFigures {
        let figures = PoolFigures(limit: limit)
        pools.add(figures)
        return figures
    }

    func remove(_ figures: PoolFigures) { pools.remove(figures) }
}
