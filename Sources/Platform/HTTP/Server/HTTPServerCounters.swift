/// What a server has counted since it began.
public struct HTTPServerCounters: Sendable, Equatable {
    /// Connections accepted.
    public var connectionsAccepted: UInt64 = 0
    /// Connections open now.
    public var connectionsOpen: UInt64 = 0
    /// How often a connection was idle for so long that its task was ended until something is heard.
    public var connectionsParked: UInt64 = 0
    /// How often accepting paused: too many connections, or no descriptor left.
    public var acceptPauses: UInt64 = 0
    /// Requests whose head was read and handed to the handler.
    public var requests: UInt64 = 0
    /// Requests being handled or answered now.
    public var requestsActive: UInt64 = 0
    /// Handlers that threw an error that is no answer.
    public var handlerFailures: UInt64 = 0
    /// Requests whose client left before the answer was sent.
    public var clientDisconnected: UInt64 = 0
    /// Answers cut because the client took no more of them.
    public var writeTimeouts: UInt64 = 0
    /// Messages refused, by reason.
    public var refusals: [HTTPRefusal: UInt64] = [:]

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.connectionsAccepted += right.connectionsAccepted
        sum.connectionsOpen += right.connectionsOpen
        sum.connectionsParked += right.connectionsParked
        sum.acceptPauses += right.acceptPauses
        sum.requests += right.requests
        sum.requestsActive += right.requestsActive
        sum.handlerFailures += right.handlerFailures
        sum.clientDisconnected += right.clientDisconnected
        sum.writeTimeouts += right.writeTimeouts
        sum.refusals.merge(right.refusals, uniquingKeysWith: +)
        return sum
    }
}
