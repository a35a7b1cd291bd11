import HTTP
import Reactor

/// The zones that one route's requests go through.
struct RateLimitZones: Sendable {
    /// What the zones say of one request: the tightest one's word.
    struct Outcome: Sendable, Hashable {
        /// The place of the tightest zone among the route's; nil when none applied.
        let zone: Int?
        /// Its word.
        let verdict: RateVerdict

        /// Whether the request passes.
        var isAllowed: Bool { zone == nil || verdict.isAllowed }
    }

    /// The zones, 64 at most.
    let limiters: [RateLimiter]
    /// `RateLimit-Policy`: all zones, whole as configured; nothing without a zone.
    let policy: HTTPFields

    /// Joins zones.
    init(_ limiters: [RateLimiter]) {
        precondition(limiters.count <= 64, "a route has 64 rate zones at most")
        self.limiters = limiters
        let policies = limiters.map { limiter in
            let quota = limiter.limit.rate.quota
            return "\"\(limiter.limit.name)\";q=\(quota.requests);w=\(quota.seconds)"
        }
        var policy = HTTPFields()
        if !policies.isEmpty { policy.append(.rateLimitPolicy, policies.joined(separator: ", ")) }
        self.policy = policy
    }

    /// Takes from all zones or from none.
    ///
    /// Each is asked also behind a refusal, so that the longest wait can be told; if one refuses, the others get back what
    /// they gave. A request beside this one may meanwhile find less than there is, never more.
    ///
    /// - Parameters:
    ///   - cost: tokens that the request takes from each.
    ///   - now: the time.
    ///   - key: the request's key of a kind; nil when it has none: then the zone does not apply to it. Asked again for a
    ///     refund, so it must give the same.
    /// - Returns: the refusal with the longest wait, else the zone with the fewest requests left.
    func take(
        cost: Int = 1,
        at now: MonotonicInstant,
        key: (RateLimit.KeyKind) -> RateKey?
    ) -> Outcome {
        var allowed: UInt64 = 0
        var tightest: Outcome?
        for index in limiters.indices {
            guard let key = key(limiters[index].limit.key) else { continue }
            let verdict = limiters[index].take(key, cost: cost, at: now)
            if verdict.isAllowed { allowed |= 1 << UInt64(index) }
            if tightest.map({ Self.isTighter(verdict, than: $0.verdict) }) ?? true {
                tightest = Outcome(zone: index, verdict: verdict)
            }
        }
        guard let tightest else { return Self.unlimited }
        if !tightest.verdict.isAllowed { refund(allowed, cost, key) }
        return tightest
    }

    /// Gives back what a request took that then was refused for another cause.
    func refund(cost: Int = 1, key: (RateLimit.KeyKind) -> RateKey?) { refund(.max, cost, key) }

    private func refund(_ zones: UInt64, _ cost: Int, _ key: (RateLimit.KeyKind) -> RateKey?) {
        for index in limiters.indices where zones & 1 << UInt64(index) != 0 {
            if let key = key(limiters[index].limit.key) { limiters[index].refund(key, cost: cost) }
        }
    }

    private static func isTighter(_ verdict: RateVerdict, than other: RateVerdict) -> Bool {
        guard verdict.isAllowed == other.isAllowed else { return other.isAllowed }
        return verdict.isAllowed
            ? verdict.remaining < other.remaining
            : verdict.retryAfterNanoseconds > other.retryAfterNanoseconds
    }

    private static let unlimited = Outcome(
        zone: nil,
        verdict: RateVerdict(
            isAllowed: true,
            limit: 0,
            remaining: 0,
            nanosecondsUntilFull: 0,
            retryAfterNanoseconds: 0
        )
    )
}
