/// How long tunnels live and how they are drained.
public struct TunnelSettings: Sendable, Equatable {
    /// How long a tunnel may move no byte in either direction; then it is closed. Default 1 h.
    public var idleTimeout = Duration.seconds(3600)
    /// Over how long the closes of a drain are spread, at random; at most half of the drain's time. Default 5 s.
    public var drainSpread = Duration.seconds(5)
    /// How long a drain waits for the end of a message of several frames, or of an event, before it is cut. Default 5 s.
    public var messagePatience = Duration.seconds(5)
    /// How long a client may take to answer a Close; then its server is told to go away, and may take as long.
    /// Default 5 s.
    public var closeTimeout = Duration.seconds(5)
    /// After how long clients are asked to come back, each at random. Default 250 ms to 5 s.
    public var reconnectDelay = Duration.milliseconds(250)...Duration.seconds(5)

    /// Takes the defaults.
    public init() {}
}
