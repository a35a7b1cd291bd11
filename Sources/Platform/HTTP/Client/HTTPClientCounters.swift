/// What a client has counted since it began.
public struct HTTPClientCounters: Sendable, Equatable {
    /// Connections made.
    public var connectionsOpened: UInt64 = 0
    /// Connections open now.
    public var connectionsOpen: UInt64 = 0
    /// Connections open and unused now.
    public var connectionsIdle: UInt64 = 0
    /// Connections that speak another protocol now; they are not among the open ones, whose number is limited.
    public var connectionsUpgraded: UInt64 = 0
    /// Requests sent, each attempt apart.
    public var requests: UInt64 = 0
    /// Calls sent a second time because a kept connection had gone.
    public var staleRetries: UInt64 = 0
    /// Calls refused because the queue was full.
    public var queueFull: UInt64 = 0
    /// Calls that wait for a connection now.
    public var waiting: UInt64 = 0

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.connectionsOpened += right.connectionsOpened
        sum.connectionsOpen += right.connectionsOpen
        sum.connectionsIdle += right.connectionsIdle
        sum.connectionsUpgraded += right.connectionsUpgraded
        sum.requests += right.requests
        sum.staleRetries += right.staleRetries
        sum.queueFull += right.queueFull
        sum.waiting += right.waiting
        return sum
    }
}
