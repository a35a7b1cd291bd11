import HTTP
import Testing

@testable import Gateway

@Suite("G10: several zones, and the RateLimit fields") struct RateLimitZonesTests {
    private typealias Fixture = LimitFixture

    private func zones() throws -> RateLimitZones {
        RateLimitZones([
            RateLimiter(try Fixture.limit("100/s", burst: 50, name: "address", by: .client)),
            RateLimiter(try Fixture.limit("60/min", burst: 3, name: "user", by: .subject)),
            RateLimiter(try Fixture.limit("10/h", burst: 5, name: "key", by: .apiKey)),
        ])
    }

    /// A request of a client, a user and without an API key.
    private func keys(_ kind: RateLimit.KeyKind) -> RateKey? {
        switch kind {
        case .client: Fixture.key(1)
        case .subject: Fixture.key(2)
        default: nil
        }
    }

    @Test("all zones give or none does, and the tightest one speaks")
    func allOrNone() throws {
        let zones = try zones()
        for left in [2, 1, 0] {
            let outcome = zones.take(at: Fixture.at(.zero), key: keys)
            #expect(outcome.isAllowed)
            #expect((outcome.zone, outcome.verdict.remaining) == (1, left))
        }
        for _ in 0..<10 {
            let refusal = zones.take(at: Fixture.at(.zero), key: keys)
            #expect((refusal.zone, refusal.isAllowed) == (1, false))
        }
        // The refused ones took nothing of the first zone.
        #expect(zones.limiters[0].take(Fixture.key(1), cost: 0, at: Fixture.at(.zero)).remaining == 47)
        #expect(zones.limiters[0].refused == 0)
        #expect(zones.limiters[1].refused == 10)
        zones.refund { keys($0) }
        #expect(zones.limiters[0].take(Fixture.key(1), cost: 0, at: Fixture.at(.zero)).remaining == 48)
        #expect(zones.take(at: Fixture.at(.zero), key: keys).isAllowed)
    }

    @Test("of two refusals the longer wait is told")
    func longestWait() throws {
        let zones = RateLimitZones([
            RateLimiter(try Fixture.limit("1/s", burst: 1, name: "a")),
            RateLimiter(try Fixture.limit("10/h", burst: 1, name: "b")),
            RateLimiter(try Fixture.limit("2/s", burst: 1, name: "c")),
        ])
        _ = zones.take(at: Fixture.at(.zero)) { _ in Fixture.key(1) }
        let refusal = zones.take(at: Fixture.at(.zero)) { _ in Fixture.key(1) }
        #expect((refusal.zone, refusal.verdict.retryAfterSeconds) == (1, 360))
    }

    @Test("without a key no zone applies and no field is written")
    func unlimited() throws {
        let zones = try zones()
        let outcome = zones.take(at: Fixture.at(.zero)) { _ in nil }
        #expect(outcome.isAllowed)
        var fields = HTTPFields()
        zones.appendRateLimit(outcome, to: &fields)
        #expect(fields.isEmpty)
        RateLimitZones([]).appendPolicy(to: &fields)
        #expect(fields.isEmpty)
    }

    @Test("the fields have the draft's form")
    func fields() throws {
        let zones = RateLimitZones([RateLimiter(try Fixture.limit("100/s", burst: 50))])
        let outcome = zones.take(at: Fixture.at(.zero)) { _ in Fixture.key(1) }
        var fields = HTTPFields()
        zones.appendRateLimit(outcome, to: &fields)
        zones.appendPolicy(to: &fields)
        #expect(fields[.rateLimit] == "\"api\";r=49;t=1")
        #expect(fields[.rateLimitPolicy] == "\"api\";q=100;w=1")
        #expect(fields == ["RateLimit": "\"api\";r=49;t=1", "RateLimit-Policy": "\"api\";q=100;w=1"])
        var several = HTTPFields()
        try self.zones().appendPolicy(to: &several)
        #expect(several[.rateLimitPolicy] == "\"address\";q=100;w=1, \"user\";q=60;w=60, \"key\";q=10;w=3600")
    }

    @Test("r is never more than q")
    func capped() throws {
        let zones = RateLimitZones([RateLimiter(try Fixture.limit("10/s", burst: 1_000_000))])
        let outcome = zones.take(at: Fixture.at(.zero)) { _ in Fixture.key(1) }
        var fields = HTTPFields()
        zones.appendRateLimit(outcome, to: &fields)
        #expect(fields[.rateLimit] == "\"api\";r=10;t=1")
    }
}
