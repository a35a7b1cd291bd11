import Glibc

/// A point in time as tokens carry it: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted
/// (`NumericDate`, RFC 7519 §2).
public struct UnixTime: Sendable, Hashable, Comparable {
    /// Seconds since the epoch.
    public let seconds: Int64

    /// Makes a time from seconds since the epoch.
    public init(seconds: Int64) { self.seconds = seconds }

    /// The wall clock's present reading (`CLOCK_REALTIME`).
    public static var now: UnixTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UnixTime(seconds: Int64(time.tv_sec))
    }

    /// Whether `left` comes before `right`.
    public static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }

    /// The time `duration` later, in whole seconds; it saturates.
    public static func + (time: Self, duration: Duration) -> Self {
        let (sum, overflow) = time.seconds.addingReportingOverflow(duration.components.seconds)
        guard overflow else { return UnixTime(seconds: sum) }
        return UnixTime(seconds: duration < .zero ? .min : .max)
    }

    /// Reads a claim: a number from 0 to 2^53; a fraction is cut off.
    init(claim value: ClaimValue) throws(TokenError) {
        let range = 0.0...0x1p53
        switch value {
        case .integer(let seconds) where range.contains(Double(seconds)): self.init(seconds: seconds)
        case .number(let seconds) where range.contains(seconds): self.init(seconds: Int64(seconds))
        default: throw .malformedClaim
        }
    }
}
