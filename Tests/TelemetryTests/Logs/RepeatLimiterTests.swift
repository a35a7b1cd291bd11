import TestSupport
import Testing

@testable import Telemetry

@Suite("repeats") struct RepeatLimiterTests {
    static let second: Int64 = 1_000_000_000

    @Test("what is held back is summed up when its second is over, once")
    func summaries() {
        var limiter = RepeatLimiter(perSecond: 2)
        let key = RepeatLimiter.Key(module: "m", message: "x")
        let admitted = (0..<10).count { _ in limiter.admit(key, .info, at: 5) }
        #expect(admitted == 2)
        let early = limiter.takeSummaries(at: 6)
        #expect(early.isEmpty)
        let later = 5 + Self.second * 2
        let due = limiter.takeSummaries(at: later)
        #expect(due == [.init(key: key, level: .info, count: 8)])
        let passes = limiter.admit(key, .info, at: later)
        let rest = limiter.takeAll()
        #expect(passes && rest.isEmpty)
    }

    @Test("the table is bounded; what it has no room for passes")
    func bounded() {
        var limiter = RepeatLimiter(perSecond: 1, capacity: 10)
        for index in 0..<100_000 {
            let passes = limiter.admit(.init(module: "m", message: "\(index)"), .info, at: 1)
            #expect(passes)
        }
        #expect(limiter.count == 10)
        _ = limiter.takeSummaries(at: Self.second * 5)
        #expect(limiter.count == 0)
    }

    @Test(
        "never more than the limit and nothing lost: passed and held back add up",
        arguments: [UInt64(31), 32]
    )
    func property(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var limiter = RepeatLimiter(perSecond: 5)
        var now: Int64 = 0
        var (given, passed, summed) = (0, 0, 0)
        for _ in 0..<20_000 {
            now += Int64(random.below(20_000_000))
            summed += limiter.takeSummaries(at: now).reduce(0) { $0 + $1.count }
            given += 1
            if limiter.admit(.init(module: "m", message: "\(random.below(3))"), .info, at: now) {
                passed += 1
            }
        }
        summed += limiter.takeAll().reduce(0) { $0 + $1.count }
        #expect(given == passed + summed, "seed \(seed)")
        #expect(passed <= 3 * 5 * Int(now / Self.second + 2), "seed \(seed)")
    }
}
