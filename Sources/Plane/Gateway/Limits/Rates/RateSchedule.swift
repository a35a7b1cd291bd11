/// The arithmetic of a token bucket that keeps one number: the instant at which it is full again.
///
/// That is the same as to count tokens (generic cell rate algorithm, ITU-T I.371 annex A, "virtual scheduling": the
/// theoretical arrival time) and takes eight bytes a bucket. All times are nanoseconds on the monotonic clock.
struct RateSchedule: Sendable, Hashable {
    /// Nanoseconds in which one token comes.
    let interval: Int64
    /// Tokens that a full bucket holds.
    let burst: Int64
    /// Nanoseconds in which an empty bucket fills.
    let capacity: Int64

    // So that an instant can be added to any capacity.
    private static let most = Int64.max / 4

    private init(interval: Int64, burst: Int64) {
        self.interval = interval
        self.burst = burst
        let (product, overflow) = interval.multipliedReportingOverflow(by: burst)
        capacity = overflow ? Self.most : min(product, Self.most)
    }

    /// The schedule of a whole policy.
    init(_ limit: RateLimit) {
        let interval = max(1, Int64((1e9 / limit.rate.perSecond).rounded()))
        self.init(interval: interval, burst: Int64(limit.burst))
    }

    /// The part of this that one of so many gateways gives out: tokens come and fit in so many times slower and fewer, 1 at
    /// least. What fraction of a bucket is full stays the same, so buckets need no change when a gateway comes or goes.
    func divided(by gateways: Int64) -> RateSchedule {
        guard gateways > 1 else { return self }
        let (product, overflow) = interval.multipliedReportingOverflow(by: gateways)
        return RateSchedule(
            interval: overflow ? Self.most : min(product, Self.most),
            burst: max(1, burst / gateways)
        )
    }

    /// Takes `cost` tokens from the bucket that is full at `fullAt`.
    ///
    /// - Parameters:
    ///   - cost: 0 only looks; more than ``burst`` counts as all of it, which a full bucket has.
    ///   - fullAt: when the bucket is full; any past instant for one that is.
    ///   - now: the time.
    /// - Returns: when the bucket is full now, and what to answer. A refusal takes nothing.
    func take(_ cost: Int, fullAt: Int64, at now: Int64) -> (fullAt: Int64, verdict: RateVerdict) {
        let charge = charge(cost)
        let debt = max(fullAt, now) &- now
        let missing = debt &+ charge &- capacity
        let isAllowed = cost <= 0 || missing <= 0
        let owed = isAllowed ? debt &+ charge : debt
        let verdict = RateVerdict(
            isAllowed: isAllowed,
            limit: Int(burst),
            remaining: Int(max(0, capacity &- owed) / interval),
            nanosecondsUntilFull: owed,
            retryAfterNanoseconds: isAllowed ? 0 : missing
        )
        return (now &+ owed, verdict)
    }

    /// When the bucket is full after `cost` tokens were put back.
    func refund(_ cost: Int, fullAt: Int64) -> Int64 { fullAt &- charge(cost) }

    /// The time in which so many tokens come, at most that of a full bucket.
    private func charge(_ cost: Int) -> Int64 {
        let (product, overflow) = interval.multipliedReportingOverflow(by: min(max(0, Int64(cost)), burst))
        return overflow ? capacity : min(product, capacity)
    }
}
