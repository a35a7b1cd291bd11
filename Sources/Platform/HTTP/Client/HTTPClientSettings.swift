import Reactor

/// How a client holds connections and how long it waits.
public struct HTTPClientSettings: Sendable {
    /// How large an answer's head may be.
    public var limits = HTTPLimits()
    /// Connections to one destination from one loop. Default 256.
    public var connectionsPerLoop = 256
    /// Calls that may wait for one of them; one more fails at once. Default 1024.
    public var waitingCalls = 1024
    /// How long a connection may stay unused; shorter than servers keep it (75 s here). Default 60 s.
    public var idleTimeout = Duration.seconds(60)
    /// Whether the kernel asks peers that are silent whether they are there: for long polls, which a peer that vanished
    /// would hold up to their end. Default false.
    public var keepsAlive = false
    /// How long a call may take, where it doesn't say otherwise.
    public var timeouts = HTTPTimeouts()

    /// Takes the defaults.
    public init() {}
}

/// How long the parts of a call may take.
public struct HTTPTimeouts: Sendable, Hashable {
    // Kept as nanoseconds: they are added to the clock for each call.
    var connectTime: Int64 = 500_000_000
    package var attemptTime: Int64 = 3_000_000_000
    package var totalTime: Int64 = 10_000_000_000
    package var idleTime: Int64 = 30_000_000_000
    /// Whether ``total`` holds for the answer's content, too; false: up to its head, which a proxy can still answer for.
    /// Default true.
    public var totalCoversContent = true

    /// Takes the defaults.
    public init() {}

    /// Until a connection stands. Default 500 ms.
    public var connect: Duration {
        get { .nanoseconds(connectTime) }
        set { connectTime = newValue.nanoseconds }
    }

    /// From sending to the answer's head. A content that takes longer to send, a stream or a large one, has the idle
    /// time instead, up to its end. Default 3 s.
    public var attempt: Duration {
        get { .nanoseconds(attemptTime) }
        set { attemptTime = newValue.nanoseconds }
    }

    /// From the call to the end of the answer's content; nil for no end. Default 10 s.
    public var total: Duration? {
        get { totalTime == .max ? nil : .nanoseconds(totalTime) }
        set { totalTime = newValue?.nanoseconds ?? .max }
    }

    /// How long neither side may make progress in a content. Default 30 s.
    public var idle: Duration {
        get { .nanoseconds(idleTime) }
        set { idleTime = newValue.nanoseconds }
    }

    /// Nanoseconds.
    var shortest: Int64 { min(attemptTime, idleTime, totalTime) }
}
