/// What a web client has counted since it began.
public struct WebClientCounters: Sendable, Equatable {
    /// Calls that were begun.
    public var calls: UInt64 = 0
    /// Calls whose answer is not read to its end yet.
    public var callsInProgress: UInt64 = 0
    /// Calls refused because as many were in progress as are allowed.
    public var queueFull: UInt64 = 0
    /// Connections made for calls that have ended; calls less connections is how often one was used again.
    public var connectionsOpened: UInt64 = 0
    /// Calls that have ended with an answer by HTTP/2.
    public var answersByHTTP2: UInt64 = 0
    /// Calls that have failed, cancelled ones among them.
    public var failures: UInt64 = 0
    /// How often an answer was held back because its reader was slower than the server.
    public var pauses: UInt64 = 0

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.calls += right.calls
        sum.callsInProgress += right.callsInProgress
        sum.queueFull += right.queueFull
        sum.connectionsOpened += right.connectionsOpened
        sum.answersByHTTP2 += right.answersByHTTP2
        sum.failures += right.failures
        sum.pauses += right.pauses
        return sum
    }
}
