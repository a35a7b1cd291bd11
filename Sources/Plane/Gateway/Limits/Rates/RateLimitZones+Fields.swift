import HTTP

/// The fields of the IETF draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers-10), as Structured
/// Fields (RFC 9651).
///
/// `RateLimit-Policy: "api";q=100;w=1` says what is configured, for all gateways together: it is the same in each answer.
/// `RateLimit: "api";r=49;t=1` says what this gateway would give at once, at most `q`, and in how many seconds all is
/// there again. On a 429 `t` is the time of `Retry-After`, as the draft wants both to mean one point in time.
extension RateLimitZones {
    /// Adds `RateLimit` of the tightest zone, for an answer to a request that passed, and for a refusal.
    func appendRateLimit(_ outcome: Outcome, to fields: inout HTTPFields) {
        guard let zone = outcome.zone else { return }
        let limiter = limiters[zone]
        fields.append(.rateLimit, upTo: limiter.fieldStart.count + 44, isSafe: true) { out in
            append(outcome.verdict, of: limiter, to: &out)
        }
    }

    /// Adds `RateLimit-Policy` of all zones.
    func appendPolicy(to fields: inout HTTPFields) { fields.append(contentsOf: policy) }

    private func append(_ verdict: RateVerdict, of limiter: RateLimiter, to out: inout OutputSpan<UInt8>) {
        out.append(bytes: limiter.fieldStart)
        out.append(decimal: min(verdict.remaining, limiter.quotaRequests))
        out.append(literal: ";t=")
        out.append(decimal: verdict.isAllowed ? verdict.secondsUntilFull : verdict.retryAfterSeconds)
    }
}

extension HTTPFieldName {
    /// RateLimit.
    static let rateLimit: HTTPFieldName = "RateLimit"
    /// RateLimit-Policy.
    static let rateLimitPolicy: HTTPFieldName = "RateLimit-Policy"
}
