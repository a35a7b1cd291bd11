import Reactor

/// When one tunnel or stream is to end in a drain, and what its client is told.
struct DrainPlan: Sendable, Equatable {
    /// From when on it is to be closed, at the next good place.
    let begin: MonotonicInstant
    /// From when on at the next possible place.
    let urge: MonotonicInstant
    /// When the client is asked to come back, counted from the close.
    let reconnect: Duration

    /// Draws a tunnel's part in a drain of `time` that began at `now`. One `late`, which was opened meanwhile, has no
    /// share in the spread.
    init(
        _ settings: TunnelSettings,
        at now: MonotonicInstant,
        within time: Duration,
        isLate: Bool = false,
        using random: inout some RandomNumberGenerator
    ) {
        let spread = isLate ? 0 : max(0, min(settings.drainSpread, time / 2).nanoseconds)
        begin = now + Int64.random(in: 0...spread, using: &random)
        // In a short drain the messages' time is shorter, too: a frame's end must come before the drain's.
        urge = min(begin + max(.zero, settings.messagePatience), now + time * 3 / 4)
        let delay = settings.reconnectDelay
        reconnect = .nanoseconds(
            Int64.random(in: delay.lowerBound.nanoseconds...delay.upperBound.nanoseconds, using: &random)
        )
    }

    /// The whole milliseconds of ``reconnect``.
    var reconnectMilliseconds: Int64 { reconnect.nanoseconds / 1_000_000 }
}
