import Reactor
import TestSupport
import Testing

@testable import Resilience

@Suite("token buckets") struct TokenBucketTests {
    @Test("a full bucket gives its burst at once, then one each interval")
    func bursts() {
        var bucket = TokenBucket(10, per: .seconds(1), burst: 5)
        #expect(bucket.remaining(at: at(.zero)) == 5)
        for left in [4, 3, 2, 1, 0] {
            #expect(bucket.take(at: at(.zero)) == .allowed)
            #expect(bucket.remaining(at: at(.zero)) == left)
        }
        #expect(bucket.take(at: at(.zero)) == .refused(retryAfter: .milliseconds(100)))
        #expect(bucket.take(at: at(.milliseconds(99))) == .refused(retryAfter: .milliseconds(1)))
        #expect(bucket.take(at: at(.milliseconds(100))) == .allowed)
        #expect(bucket.timeUntilFull(at: at(.milliseconds(100))) == .milliseconds(500))
        #expect(bucket.remaining(at: at(.seconds(60))) == 5)
        #expect(bucket.timeUntilFull(at: at(.seconds(60))) == .zero)
        #expect((bucket.allowed, bucket.refused) == (6, 2))
    }

    @Test(
        "senseless settings end nothing",
        arguments: [(0, 0, 0), (-1, -1, -1), (1, Int.max / 1_000_000_000, Int.max), (.max, 1, .max)]
    )
    func bounds(tokens: Int, seconds: Int, burst: Int) {
        var bucket = TokenBucket(tokens, per: .seconds(seconds), burst: burst)
        #expect(bucket.take(at: at(.zero)) == .allowed)
        for _ in 0..<1_000 { _ = bucket.take(at: at(.zero)) }
        #expect(bucket.remaining(at: at(.zero)) >= 0)
        #expect(bucket.take(at: .distantFuture) == .allowed || bucket.refused > 0)
    }

    @Test("it agrees with a bucket whose tokens are counted", arguments: 1...8 as ClosedRange<UInt64>)
    func agreesWithModel(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let interval = 1 + random.below(1_000)
        let burst = 1 + random.below(20)
        var bucket = TokenBucket(1, per: .nanoseconds(interval), burst: burst)
        // Parts of tokens are whole nanoseconds here: a token is `interval` of them.
        var filled = burst * interval
        var now = at(.zero)
        for step in 0..<10_000 {
            let pause = random.below(2 * interval)
            now = now + Int64(pause)
            filled = min(burst * interval, filled + pause)
            #expect(bucket.remaining(at: now) == filled / interval, "seed \(seed), step \(step)")
            let verdict = bucket.take(at: now)
            if filled >= interval {
                filled -= interval
                #expect(verdict == .allowed, "seed \(seed), step \(step)")
            } else {
                let wait = Duration.nanoseconds(interval - filled)
                #expect(verdict == .refused(retryAfter: wait), "seed \(seed), step \(step)")
            }
        }
        #expect(bucket.refused > 0 && bucket.allowed > 0, "seed \(seed)")
    }
}
