import Reactor
import TestSupport
import Testing

@testable import Telemetry

@Suite("what is worth keeping") struct KeepPolicyTests {
    @Test("slower than the route's p99, once enough requests were seen")
    func slow() {
        var policy = KeepPolicy(TailSettings())
        for index in 0..<199 {
            let verdict = policy.decide(
                route: "a",
                duration: 100_000_000,
                isError: false,
                at: .seconds(Double(index))
            )
            #expect(verdict == .drop)
        }
        for _ in 0..<400 {
            _ = policy.decide(route: "a", duration: 1_000_000, isError: false, at: .seconds(200))
        }
        for _ in 0..<40_000 {
            _ = policy.decide(route: "a", duration: 1_000_000, isError: false, at: .seconds(300))
        }
        let verdicts = [("a", 2_000_000), ("a", 1_000_000), ("b", 2_000_000)].map {
            policy.decide(route: $0, duration: $1, isError: false, at: .seconds(400))
        }
        #expect(verdicts == [.keep, .drop, .drop])
    }

    @Test("errors are kept up to the budget of the second")
    func budget() {
        var settings = TailSettings()
        settings.tracesPerSecond = 10
        var policy = KeepPolicy(settings)
        func kept(_ second: Double) -> Int {
            (0..<100).count { _ in
                policy.decide(route: "a", duration: 1, isError: true, at: .seconds(second)) == .keep
            }
        }
        #expect(kept(1) == 10)
        #expect(kept(1.5) == 5)
        #expect(kept(100) == 10)
        // A clock that goes back gives nothing.
        #expect(kept(50) == 0)
    }

    @Test("routes beyond the limit share one estimate")
    func routes() {
        var settings = TailSettings()
        settings.routes = 10
        var policy = KeepPolicy(settings)
        for index in 0..<100_000 {
            _ = policy.decide(route: "r\(index)", duration: 1000, isError: false, at: .seconds(1))
        }
        #expect(policy.routeCount == 10)
    }

    @Test("the estimate is at most a quarter above the true p99", arguments: [UInt64(5), 6, 7])
    func estimate(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var estimate = LatencyEstimate()
        var all: [Int64] = []
        for _ in 0..<4032 {
            let duration = Int64(2_000 + random.below(1 << (10 + random.below(20))))
            all.append(duration)
            estimate.record(duration)
        }
        let exact = Double(all.sorted()[4032 * 99 / 100])
        #expect(
            Double(estimate.threshold) >= exact * 0.99 && Double(estimate.threshold) <= exact * 1.26,
            "seed \(seed)"
        )
    }

    @Test("the past fades: after 50 000 faster requests the slow ones count no more")
    func fades() {
        var estimate = LatencyEstimate()
        for _ in 0..<10_000 { estimate.record(1_000_000_000) }
        #expect(estimate.threshold >= 1_000_000_000)
        for _ in 0..<50_000 { estimate.record(1_000_000) }
        #expect(estimate.threshold < 1_400_000)
    }

    @Test("any duration has a bucket whose bound is not below it", arguments: [UInt64(9)])
    func buckets(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<10_000 {
            let duration = Int64(random.next() >> UInt64(1 + random.below(63)))
            let bucket = LatencyEstimate.bucket(of: duration)
            #expect((0..<108).contains(bucket))
            if duration < 1 << 36 {
                #expect(LatencyEstimate.upperBound(of: bucket) > duration, "seed \(seed)")
            }
        }
        _ = LatencyEstimate.bucket(of: .min)
        _ = LatencyEstimate.bucket(of: .max)
    }
}
