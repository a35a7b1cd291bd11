import TestSupport
import Testing

@testable import Gateway

@Suite("G9: the arithmetic of buckets") struct RateScheduleTests {
    @Test("it agrees with a bucket whose tokens are counted", arguments: 1...8 as ClosedRange<UInt64>)
    func agreesWithModel(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        // A rate whose interval is a whole number of nanoseconds: then the model is exact.
        let interval = [1_000_000, 8_000_000, 1_000_000_000][random.below(3)]
        let burst = 1 + random.below(20)
        let rate = try #require(Rate(1e9 / Double(interval), per: .second))
        let limit = try #require(RateLimit("a", rate, burst: burst, by: .client))
        let schedule = RateSchedule(limit)
        #expect((schedule.interval, schedule.burst) == (Int64(interval), Int64(burst)))
        var filled = burst * interval
        var fullAt: Int64 = 0
        var now: Int64 = 1_000
        var refusals = 0
        for step in 0..<5_000 {
            let pause = random.below(2 * interval)
            now += Int64(pause)
            filled = min(burst * interval, filled + pause)
            let cost = random.below(4)
            let charge = min(cost, burst) * interval
            let taken = schedule.take(cost, fullAt: fullAt, at: now)
            fullAt = taken.fullAt
            let verdict = taken.verdict
            let passes = cost == 0 || filled >= charge
            #expect(verdict.isAllowed == passes, "seed \(seed), step \(step)")
            if passes { filled -= charge } else { refusals += 1 }
            #expect(verdict.remaining == filled / interval, "seed \(seed), step \(step)")
            #expect(
                verdict.nanosecondsUntilFull == Int64(burst * interval - filled),
                "seed \(seed), step \(step)"
            )
            let wait = passes ? 0 : Int64(charge - filled)
            #expect(verdict.retryAfterNanoseconds == wait, "seed \(seed), step \(step)")
            if passes, random.below(10) == 0 {
                fullAt = schedule.refund(cost, fullAt: fullAt)
                filled = min(burst * interval, filled + charge)
            }
        }
        #expect(refusals > 0, "seed \(seed)")
    }

    @Test("a part of a bucket is as full as the whole was", arguments: [1, 2, 3, 10] as [Int64])
    func divides(gateways: Int64) throws {
        let whole = RateSchedule(try LimitFixture.limit("100/s", burst: 60))
        let part = whole.divided(by: gateways)
        #expect(part.interval == 10_000_000 * gateways)
        #expect(part.burst == 60 / gateways)
        #expect(part.capacity == whole.capacity)
        #expect(whole.divided(by: 1_000).burst == 1)
    }

    @Test("seconds are rounded up, and nobody is asked to come back at once")
    func seconds() {
        var verdict = RateVerdict(
            isAllowed: false,
            limit: 1,
            remaining: 0,
            nanosecondsUntilFull: 1,
            retryAfterNanoseconds: 0
        )
        #expect((verdict.secondsUntilFull, verdict.retryAfterSeconds) == (1, 1))
        verdict.nanosecondsUntilFull = 0
        verdict.retryAfterNanoseconds = 1_000_000_001
        #expect((verdict.secondsUntilFull, verdict.retryAfterSeconds) == (0, 2))
        verdict.retryAfterNanoseconds = 2_000_000_000
        #expect(verdict.retryAfterSeconds == 2)
    }

    @Test("senseless figures end nothing")
    func extremes() throws {
        let slow = RateSchedule(try LimitFixture.limit("1/h", burst: RateLimit.burstLimit))
        let part = slow.divided(by: .max)
        for schedule in [slow, part] {
            for cost in [Int.min, -1, 0, 1, .max] {
                let (fullAt, verdict) = schedule.take(cost, fullAt: .max / 2, at: .max / 2)
                #expect(fullAt >= .max / 2)
                #expect(verdict.isAllowed)
            }
        }
    }
}
