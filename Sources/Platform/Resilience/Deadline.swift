public import Reactor

/// The instant by which a piece of work must have ended, handed from caller to callee.
///
/// Between services it travels as ``fieldName``: the milliseconds that are left, since two machines share no clock.
public struct Deadline: Sendable, Hashable {
    /// The last instant at which the work is of use.
    public let instant: MonotonicInstant

    /// Makes a deadline at `instant`.
    public init(at instant: MonotonicInstant) { self.instant = instant }

    /// Makes a deadline `duration` after `now`.
    public init(after duration: Duration, from now: MonotonicInstant) { instant = now + duration }

    /// The deadline of work that may take for ever.
    public static let none = Deadline(at: .distantFuture)

    /// What a call has in all when its caller sets no deadline: 10 s.
    public static let callDefault = Duration.seconds(10)

    /// The earlier one of this and `now + duration`: work never has more time than who waits for it.
    public func capped(to duration: Duration, from now: MonotonicInstant) -> Deadline {
        Deadline(at: min(instant, now + duration))
    }

    /// The time that is left, zero when it is over.
    public func remaining(at now: MonotonicInstant) -> Duration { now < instant ? instant - now : .zero }

    /// Whether no time is left.
    public func isOver(at now: MonotonicInstant) -> Bool { instant <= now }
}
