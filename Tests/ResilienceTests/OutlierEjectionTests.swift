import Reactor
import TestSupport
import Testing

@testable import Resilience

@Suite("ejection of failing instances") struct OutlierEjectionTests {
    private func ejection(of count: Int) -> OutlierEjection<Int> {
        var ejection = OutlierEjection<Int>()
        _ = ejection.setMembers(Array(0..<count), at: at(.zero))
        return ejection
    }

    static let outcomes: [(AttemptOutcome, Int?)] = [
        (.notConnected, 1), (.reset, 1), (.timedOut, 5), (.broken, 5), (.answered(status: 500), 5),
        (.answered(status: 404), nil), (.cancelled, nil),
    ]

    @Test("no connection ejects at once, other failures after 5 running", arguments: outcomes)
    func ejects(outcome: AttemptOutcome, after: Int?) {
        var ejection = ejection(of: 2)
        let first = (1...10).first { _ in ejection.record(outcome, of: 0, at: at(.zero)) != nil }
        #expect(first == after)
        #expect(ejection.isEjected(0) == (after != nil))
    }

    @Test("an open breaker ejects with the first failure; a success between breaks the row")
    func rows() {
        var ejection = ejection(of: 2)
        for _ in 0..<4 { _ = ejection.record(.timedOut, of: 0, at: at(.zero)) }
        #expect(ejection.record(.answered(status: 200), of: 0, at: at(.zero)) == nil)
        #expect(ejection.record(.timedOut, of: 0, at: at(.zero)) == nil)
        #expect(
            ejection.record(.timedOut, of: 0, breakerIsOpen: true, at: at(.zero))
                == .ejected(0, until: at(.seconds(10)))
        )
    }

    @Test("out for 10 s · n, and back by a probe alone")
    func probes() {
        var ejection = ejection(of: 2)
        var now = at(.zero)
        #expect(ejection.record(.reset, of: 0, at: now) == .ejected(0, until: at(.seconds(10))))
        for n in 2...4 {
            now = now + .seconds(10 * (n - 1))
            #expect(ejection.takeDueProbes(at: now + -1) == [])
            #expect(ejection.takeDueProbes(at: now) == [0])
            #expect(ejection.takeDueProbes(at: now) == [], "it is being probed")
            #expect(ejection.record(.answered(status: 200), of: 0, at: now) == nil)
            #expect(ejection.isEjected(0), "a user's request readmits nobody")
            let change = ejection.finishProbe(of: 0, passed: false, at: now)
            #expect(change == .ejected(0, until: now + .seconds(10 * n)))
        }
        now = now + .seconds(40)
        #expect(ejection.takeDueProbes(at: now) == [0])
        #expect(ejection.finishProbe(of: 0, passed: true, at: now) == .readmitted(0))
        #expect(ejection.finishProbe(of: 0, passed: true, at: now) == nil)
        #expect(!ejection.isEjected(0))
    }

    static let returns: [(Int, Int)] = [(0, 20), (9, 20), (10, 10), (60, 10)]

    @Test("who fails again soon is out for longer; who has served as long starts anew", arguments: returns)
    func remembers(served: Int, seconds: Int) {
        var ejection = ejection(of: 2)
        _ = ejection.record(.reset, of: 0, at: at(.zero))
        _ = ejection.takeDueProbes(at: at(.seconds(10)))
        _ = ejection.finishProbe(of: 0, passed: true, at: at(.seconds(10)))
        let now = at(.seconds(10 + served))
        #expect(ejection.record(.reset, of: 0, at: now) == .ejected(0, until: now + .seconds(seconds)))
    }

    @Test("the time does not grow beyond five minutes")
    func boundsTime() {
        #expect(OutlierEjectionSettings().time(ofEjection: 29) == .seconds(290))
        #expect(OutlierEjectionSettings().time(ofEjection: 1_000_000) == .seconds(300))
    }

    @Test(
        "never more than half are out",
        arguments: [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (10, 5)]
    )
    func keepsHalf(count: Int, most: Int) {
        var ejection = ejection(of: count)
        for instance in 0..<count { _ = ejection.record(.reset, of: instance, at: at(.zero)) }
        #expect(ejection.ejectedCount == most)
        #expect(ejection.ejections == UInt64(most))
        #expect(ejection.withheld == UInt64(count - most))
        #expect(!ejection.candidates { _ in true }.isPanic)
        #expect(ejection.candidates { _ in true }.instances == Array(most..<count))
    }

    @Test("when others leave, those that have waited longest come back")
    func shrinks() {
        var ejection = ejection(of: 6)
        for instance in 0..<3 { _ = ejection.record(.reset, of: instance, at: at(.seconds(instance))) }
        #expect(ejection.setMembers([2, 1, 0, 5], at: at(.seconds(4))) == [.readmitted(0)])
        #expect(ejection.ejectedCount == 2)
        #expect(ejection.setMembers([], at: at(.seconds(4))) == [])
        #expect(ejection.setMembers([1, 1], at: at(.seconds(4))) == [])
        #expect(!ejection.isEjected(1), "who left and came back is new")
        #expect(ejection.candidates { _ in true }.instances == [1])
    }

    @Test(
        "with fewer than half fit, all are balanced over",
        arguments: [(4, false), (3, false), (2, false), (1, true), (0, true)]
    )
    func panics(passing: Int, isPanic: Bool) {
        let candidates = ejection(of: 4).candidates { $0 < passing }
        #expect(candidates.isPanic == isPanic)
        #expect(candidates.instances == Array(0..<(isPanic ? 4 : passing)))
    }

    @Test(
        "whatever happens, at most half are out and the count is right",
        arguments: 1...6 as ClosedRange<UInt64>
    )
    func keepsInvariants(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var ejection = OutlierEjection<Int>()
        var members: [Int] = []
        var probed: Set<Int> = []
        var finished = 0
        var now = at(.zero)
        for step in 0..<5_000 {
            now = now + .milliseconds(random.below(3_000))
            let instance = random.below(9)
            switch random.below(12) {
            case 0:
                members = (0..<8).filter { _ in random.below(3) > 0 }
                _ = ejection.setMembers(members, at: now)
                probed.formIntersection(members)
            case 1: probed.formUnion(ejection.takeDueProbes(at: now))
            case 2:
                guard let instance = probed.min() else { continue }
                probed.remove(instance)
                if ejection.finishProbe(of: instance, passed: random.below(2) == 0, at: now) != nil {
                    finished += 1
                }
            default:
                let outcome: AttemptOutcome = [.answered(status: 200), .timedOut, .reset][random.below(3)]
                if case .ejected(let other, let until) = ejection.record(outcome, of: instance, at: now) {
                    #expect(
                        other == instance && now < until && outcome.isFailure,
                        "seed \(seed), step \(step)"
                    )
                }
            }
            let ejected = members.filter { ejection.isEjected($0) }
            #expect(ejected.count == ejection.ejectedCount, "seed \(seed), step \(step)")
            #expect(ejected.count * 2 <= members.count, "seed \(seed), step \(step)")
            #expect(!ejection.candidates { _ in true }.isPanic, "seed \(seed), step \(step)")
        }
        #expect(finished > 10 && ejection.ejections > 10 && ejection.withheld > 10, "seed \(seed)")
    }
}
