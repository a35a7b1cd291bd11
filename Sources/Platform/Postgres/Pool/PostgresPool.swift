public import Reactor
import Telemetry

/// The connections to one database. A statement from a task on an event loop runs on a connection of that loop, without
/// a hop; connections are made when they are needed, and made again when the server was away.
///
///     let pool = try PostgresPool(settings, on: group)
///     let listing = try await pool.first(Listing.self, "SELECT * FROM listing WHERE id = \(id)")
///
/// Statements of different tasks share connections: each goes out at once, behind those on their way. One that is slow
/// delays those behind it on its connection, at most `pipelineDepth`; a transaction has its connection for itself.
///
/// No call goes on beyond the deadline of the current context, and each statement is measured and, where a span is
/// recorded, a CLIENT span below it: `SELECT listing`, with its text and without values.
public final class PostgresPool: PostgresQuerying {
    let settings: PostgresSettings
    let loops: [PoolLoop]
    private let group: EventLoopGroup
    private let queryTime: Int64

    /// Makes a pool; it connects when it is first used.
    ///
    /// - Parameters:
    ///   - settings: where the database is, and limits.
    ///   - group: the loops that share the connections.
    ///   - metrics: where statements and waits are counted; nil for nowhere.
    /// - Throws: ``PostgresError`` with code `notConnected` for a URL that libpq does not understand.
    public init(
        _ settings: PostgresSettings,
        on group: EventLoopGroup,
        metrics: PostgresMetrics? = nil
    ) throws(PostgresError) {
        let parameters = try ConnectionParameters(settings)
        let share = max(1, settings.maxConnections / group.loops.count)
        self.settings = settings
        self.group = group
        queryTime = settings.queryTimeout.nanoseconds
        loops = group.loops.map { PoolLoop($0, settings, parameters, group.blocking, limit: share, metrics) }
    }

    deinit { for loop in loops { loop.end() } }

    /// Runs one statement and returns all its rows.
    ///
    /// - Throws: ``PostgresError``.
    @discardableResult
    public func query(_ sql: SQL, deadline: MonotonicInstant?) async throws(PostgresError) -> PostgresRows {
        if let scope = TransactionScope.current(of: self) { return try await scope.query(sql, deadline) }
        let result = try await part.run(sql, on: nil, until: self.deadline(deadline))
        return PostgresRows(result: result, naming: settings.columnNaming)
    }

    /// Asks the server for an answer (`SELECT 1`), for a health check.
    ///
    /// - Returns: how long it took, with the wait for a connection.
    /// - Throws: ``PostgresError``.
    public func ping(deadline: MonotonicInstant? = nil) async throws(PostgresError) -> Duration {
        let began = MonotonicInstant.now
        try await query("SELECT 1", deadline: deadline)
        return .now - began
    }

    /// Refuses new calls, fails those that wait, and closes each connection when its work is done.
    public func close() async { for loop in loops { await loop.close() } }

    /// What has been counted on all loops.
    public var counters: PostgresCounters {
        get async {
            var sum = PostgresCounters()
            for loop in loops { sum = await sum + loop.counters }
            return sum
        }
    }

    /// Waits on one of the pool's loops.
    package func sleep(for pause: Duration) async throws { try await part.loop.sleep(for: pause) }

    /// The caller's loop's part, or the next in turn.
    var part: PoolLoop { loops[group.next().index] }

    /// When a call is to end: as given, else after the settings' time; with the context's deadline at the latest.
    func deadline(_ given: MonotonicInstant?) -> MonotonicInstant {
        min(given ?? .now + queryTime, Context.current.deadline)
    }

    /// For what must be done although the context's deadline has passed.
    var grace: MonotonicInstant { .now + queryTime }
}
