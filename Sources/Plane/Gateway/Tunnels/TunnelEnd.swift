/// How a tunnel ended, for the log and the metrics.
public struct TunnelEnd: Sendable, Equatable {
    /// Why.
    public enum Reason: String, Sendable, Equatable, CaseIterable {
        /// Both sides ended in good order.
        case ended
        /// The client was asked to come back elsewhere, and has gone or had its time.
        case drained
        /// Nothing moved for too long.
        case idle = "idle_timeout"
        /// The client reset its connection, took nothing for too long, or was given up by its server.
        case clientLeft = "client_disconnected"
        /// The upstream reset its connection, or took nothing for too long.
        case upstreamLeft = "upstream_disconnected"
        /// A drain's time was over.
        case cut
    }

    /// Why.
    public let reason: Reason
    /// Bytes that went from the client to the upstream.
    public let byteCountUp: Int
    /// Bytes that went from the upstream to the client, a Close of ours among them.
    public let byteCountDown: Int
}
