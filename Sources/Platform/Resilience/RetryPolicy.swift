import Reactor

/// When a failed call is tried again, and after what wait. The values are those of defaults.md.
public struct RetryPolicy: Sendable, Equatable {
    /// Attempts in all, the first one included.
    public var attempts = 3
    /// The longest wait before the first retry; it doubles with each further one.
    public var baseDelay = Duration.milliseconds(25)
    /// What the doubling stops at.
    public var longestDelay = Duration.seconds(1)
    /// The longest `Retry-After` that is waited out; who asks for more gets no second attempt.
    public var longestRetryAfter = Duration.seconds(10)
    /// The largest request body that is sent again, in bytes. One of unknown length never is.
    public var bodyByteLimit = 64 * 1024

    /// Makes the policy for calls between services: 3 attempts, 25 ms · 2ⁿ, at most 1 s.
    public init() {}

    /// For interfaces outside (language models, payment, mail): 3 retries, 1 s · 2ⁿ.
    public static let external: RetryPolicy = {
        var policy = RetryPolicy()
        policy.attempts = 4
        policy.baseDelay = .seconds(1)
        policy.longestDelay = .seconds(4)
        return policy
    }()

    /// Whether `outcome` is one that another instance may do better: no connection, one that went without a byte, 502,
    /// 503, 504, or 429 with `Retry-After`.
    public func isRetryable(_ outcome: AttemptOutcome) -> Bool {
        switch outcome {
        case .notConnected, .reset: true
        case .answered(429, let retryAfter): retryAfter != nil
        case .answered(let status, _): (502...504).contains(status)
        case .timedOut, .broken, .cancelled: false
        }
    }

    /// The wait before retry number `retry` (from 0), with full jitter: anything from nothing to `baseDelay · 2^retry`,
    /// at most ``longestDelay`` (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
    public func delay(beforeRetry retry: Int, using random: inout some RandomNumberGenerator) -> Duration {
        let longest = max(0, longestDelay.nanoseconds)
        // Thirty doublings of a nanosecond are longer than any wait that makes sense.
        let (scaled, overflow) = max(0, baseDelay.nanoseconds)
            .multipliedReportingOverflow(by: 1 << Int64(min(max(0, retry), 30)))
        return .nanoseconds(Int64.random(in: 0...(overflow ? longest : min(scaled, longest)), using: &random))
    }
}
