public import Reactor

/// Limits a rate and lets short bursts pass: a bucket that fills steadily and that each call takes one token from.
///
/// Instead of counting tokens it keeps the instant at which the bucket is full again, which is the same and takes eight
/// bytes (generic cell rate algorithm, ITU-T I.371 annex A, "virtual scheduling").
public struct TokenBucket: Sendable {
    /// Whether there was a token.
    public enum Verdict: Sendable, Equatable {
        /// One was taken.
        case allowed
        /// There is none before this time has passed.
        case refused(retryAfter: Duration)
    }

    private let interval: Int64
    private let capacity: Int64
    private var fullAt = Int64.min
    /// Calls that got a token.
    public private(set) var allowed: UInt64 = 0
    /// Calls that got none.
    public private(set) var refused: UInt64 = 0

    /// Makes a full bucket.
    ///
    /// - Parameters:
    ///   - tokens: how many come in each `period`; less than 1 counts as 1, more than one a nanosecond as one.
    ///   - period: the time in which they come.
    ///   - burst: how many the bucket holds; less than 1 counts as 1.
    public init(_ tokens: Int, per period: Duration, burst: Int) {
        // Far from the ends of 64 bits, so that instants can be added to both.
        interval = min(max(1, period.nanoseconds / Int64(max(1, tokens))), Int64.max / 4)
        let (product, overflow) = interval.multipliedReportingOverflow(by: Int64(max(1, burst)))
        capacity = overflow ? Int64.max / 2 : min(product, Int64.max / 2)
    }

    /// Takes a token.
    public mutating func take(at now: MonotonicInstant) -> Verdict {
        let start = max(fullAt, now.nanoseconds)
        let (next, overflow) = start.addingReportingOverflow(interval)
        let missing = (overflow ? .max : next) - now.nanoseconds - capacity
        guard missing <= 0 else {
            refused += 1
            return .refused(retryAfter: .nanoseconds(missing))
        }
        fullAt = next
        allowed += 1
        return .allowed
    }

    /// The tokens that could be taken at once, for `RateLimit`.
    public func remaining(at now: MonotonicInstant) -> Int {
        Int(max(0, capacity - (max(fullAt, now.nanoseconds) - now.nanoseconds)) / interval)
    }

    /// The time until the bucket is full, for the reset of `RateLimit`.
    public func timeUntilFull(at now: MonotonicInstant) -> Duration {
        .nanoseconds(max(fullAt, now.nanoseconds) - now.nanoseconds)
    }
}
