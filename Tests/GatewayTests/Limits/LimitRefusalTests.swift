import HTTP
import Testing

@testable import Gateway

@Suite("G11: 429 and 503 are never mixed") struct LimitRefusalTests {
    @Test("an empty bucket is 429 with the time to wait")
    func rateLimited() throws {
        let zones = RateLimitZones([RateLimiter(try LimitFixture.limit("10/h", burst: 1))])
        _ = zones.take(at: LimitFixture.at(.zero)) { _ in LimitFixture.key(1) }
        let outcome = zones.take(at: LimitFixture.at(.milliseconds(500))) { _ in LimitFixture.key(1) }
        let problem = try #require(LimitRefusal.rateLimited(zones, outcome).problem)
        #expect(problem.status.code == 429)
        #expect(problem.reason == "rate_limited")
        #expect(problem.isRetryable == true)
        let expected: HTTPFields = [
            "Retry-After": "360", "RateLimit": "\"api\";r=0;t=360", "RateLimit-Policy": "\"api\";q=10;w=3600",
        ]
        #expect(problem.fields == expected)
    }

    @Test(
        "who has too many in flight is told 429, who meets an overload 503",
        arguments: [(LimitRefusal.callerInFlight, 429, "in_flight_limit"), (.overloaded, 503, "overloaded")]
    )
    func inFlight(refusal: LimitRefusal, status: Int, reason: String) throws {
        let problem = try #require(refusal.problem)
        #expect(Int(problem.status.code) == status)
        #expect((problem.reason, refusal.reason) == (reason, reason))
        #expect(problem.isRetryable == true)
        #expect(problem.fields == ["Retry-After": "1"])
    }
}
