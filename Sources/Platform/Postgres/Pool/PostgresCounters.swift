/// What a pool has counted; add those of its loops.
public struct PostgresCounters: Sendable, Equatable {
    /// Connections with a statement on its way, or held by a transaction.
    public var used = 0
    /// Connections open and unused.
    public var idle = 0
    /// Connections being made.
    public var opening = 0
    /// The most there may be.
    public var limit = 0
    /// Calls that wait for a connection now.
    public var pending = 0
    /// Connections made since the pool began.
    public var opened: UInt64 = 0
    /// Attempts to connect that failed.
    public var failedAttempts: UInt64 = 0
    /// Connections that ended without our closing them.
    public var lost: UInt64 = 0
    /// Statements answered, cancelled ones among them.
    public var statements: UInt64 = 0
    /// Calls that waited for a connection.
    public var waits: UInt64 = 0
    /// The time they waited, all together.
    public var waitTime = Duration.zero
    /// Calls that got none.
    public var exhausted: UInt64 = 0
    /// Requests to cancel a statement that were sent to the server.
    public var cancels: UInt64 = 0

    /// The sum of two loops' counters.
    public static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.used += right.used
        sum.idle += right.idle
        sum.opening += right.opening
        sum.limit += right.limit
        sum.pending += right.pending
        sum.opened += right.opened
        sum.failedAttempts += right.failedAttempts
        sum.lost += right.lost
        sum.statements += right.statements
        sum.waits += right.waits
        sum.waitTime += right.waitTime
        sum.exhausted += right.exhausted
        sum.cancels += right.cancels
        return sum
    }
}
