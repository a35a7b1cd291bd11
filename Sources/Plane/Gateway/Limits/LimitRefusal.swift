import HTTP

/// A request that a limit keeps out, and how it is answered.
///
/// 429 says: you asked for more than your part. 503 says: we can't just now. They are never mixed, so that a client knows
/// whether to slow down or to try again, and a balancer whether an instance is in trouble (RFC 6585 §4, RFC 9110 §15.6.4).
enum LimitRefusal: Error, Sendable {
    /// A zone's bucket is empty: 429, `rate_limited`.
    case rateLimited(RateLimitZones, RateLimitZones.Outcome)
    /// The caller has too many requests in flight: 429, `in_flight_limit`.
    case callerInFlight
    /// A route, the process or a service has too many in flight, or a latency that rises: 503, `overloaded`.
    case overloaded

    /// A short constant for counters and the problem's body.
    var reason: String {
        switch self {
        case .rateLimited: "rate_limited"
        case .callerInFlight: "in_flight_limit"
        case .overloaded: "overloaded"
        }
    }
}

extension LimitRefusal: ProblemConvertible {
    /// The answer, with `Retry-After`.
    var problem: ProblemDetails? {
        switch self {
        case .rateLimited(let zones, let outcome):
            var fields: HTTPFields = [.retryAfter: String(outcome.verdict.retryAfterSeconds)]
            zones.appendRateLimit(outcome, to: &fields)
            zones.appendPolicy(to: &fields)
            return refusal(429, "the rate of requests is above its limit; wait as Retry-After says", fields)
        case .callerInFlight:
            return refusal(
                429,
                "too many of your requests are in flight; wait until one has ended",
                Self.soon
            )
        case .overloaded:
            return refusal(.serviceUnavailable, "too many requests are in flight; try again later", Self.soon)
        }
    }

    private static let soon: HTTPFields = [.retryAfter: "1"]

    private func refusal(_ status: HTTPStatus, _ detail: String, _ fields: HTTPFields) -> ProblemDetails {
        ProblemDetails(status, detail: detail, reason: reason, isRetryable: true, fields: fields)
    }
}
