import CLinux

/// A point on the system's monotonic clock (`CLOCK_MONOTONIC`), in nanoseconds.
///
/// A plain 64-bit count: adding and comparing cost one instruction, which matters where a deadline is set for each
/// request. It means nothing outside this boot of this machine.
public struct MonotonicInstant: Sendable, Hashable, Comparable {
    /// Nanoseconds since the clock's origin.
    public let nanoseconds: Int64

    /// Makes an instant from nanoseconds since the clock's origin.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The clock's present reading.
    public static var now: MonotonicInstant { MonotonicInstant(nanoseconds: clinux_monotonic_nanoseconds()) }

    /// The instant that never comes.
    public static let distantFuture = MonotonicInstant(nanoseconds: .max)

    /// Whether `left` comes before `right`.
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant `duration` later; it saturates at ``distantFuture``.
    public static func + (instant: Self, duration: Duration) -> Self { instant + duration.nanoseconds }

    /// The instant so many nanoseconds later; it saturates at ``distantFuture``.
    ///
    /// A `Duration` is 128 bits wide: where a time is added for each request, convert it once.
    public static func + (instant: Self, nanoseconds: Int64) -> Self {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(nanoseconds)
        return overflow ? .distantFuture : MonotonicInstant(nanoseconds: sum)
    }

    /// The time from `right` to `left`, negative when `left` is earlier.
    public static func - (left: Self, right: Self) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }
}

extension Duration {
    /// The whole nanoseconds, saturating at the ends of `Int64` (about 292 years).
    public var nanoseconds: Int64 {
        let attoseconds = attoseconds
        let (high, low) = (
            Int64(truncatingIfNeeded: attoseconds >> 64), UInt64(truncatingIfNeeded: attoseconds)
        )
        // Not negative and with a quotient of 63 bits, as nearly always: one division of 128 bits by 64.
        guard high >= 0, high < 500_000_000 else { return Int64(clamping: attoseconds / 1_000_000_000) }
        return Int64(bitPattern: UInt64(1_000_000_000).dividingFullWidth((UInt64(high), low)).quotient)
    }
}
