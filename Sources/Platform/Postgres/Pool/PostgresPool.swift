public import Reactor

/// The connections to one database. A statement from a task on an event loop runs on a connection of that loop, without
/// a hop; connections are made when they are needed, and made again when the server was away.
///
///     let pool = try PostgresPool(settings, on: group)
///     let listing = try await pool.first(Listing.self, "SELECT * FROM listing WHERE id = \(id)")
///
/// Statements of different tasks share connections: each goes out at once, behind those on their way. One that is slow
/// delays those behind it on its connection, at most `pipelineDepth`; a transaction has its connection for itself.
public final class PostgresPool: PostgresQuerying {
    let settings: PostgresSettings
    let loops: [PoolLoop]
    private let group: EventLoopGroup
    private let queryTime: Int64

    /// Makes a pool; it connects when it is first used.
    ///
    /// - Throws: ``PostgresError`` with code `notConnected` for a URL that libpq does not understand.
    public init(_ settings: PostgresSettings, on group: EventLoopGroup) throws(PostgresError) {
        let parameters = try ConnectionParameters(settings)
        let share = max(1, settings.maxConnections / group.loops.count)
        self.settings = settings
        self.group = group
        queryTime = settings.queryTimeout.nanoseconds
        loops = group.loops.map { PoolLoop($0, settings, parameters, group.blocking, limit: share) }
    }

    deinit { for loop in loops { loop.end() } }

    /// Runs one statement and returns all its rows.
    ///
    /// - Throws: ``PostgresError``.
    @discardableResult
    public func query(_ sql: SQL, deadline: MonotonicInstant?) async throws(PostgresError) -> PostgresRows {
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

    /// The caller's loop's part, or the next in turn.
    var part: PoolLoop { loops[group.next().index] }

    func deadline(_ given: MonotonicInstant?) -> MonotonicInstant { given ?? .now + queryTime }
}
