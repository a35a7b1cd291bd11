import Reactor
import TestSupport
import Testing

@testable import Resilience

@Suite("the retry budget") struct RetryBudgetTests {
    @Test(
        "without calls, 3 a second add up to 30 over 10 s; then it is spent, and refills as they leave the window"
    )
    func floor() {
        var budget = RetryBudget()
        let taken = (0..<100).filter { _ in budget.takeRetry(at: at(.zero)) }.count
        #expect(taken == 30)
        #expect(budget.retries == 30)
        #expect(budget.refusals == 70)
        #expect(budget.remainingShare(at: at(.zero)) == 0)
        #expect(budget.takeRetry(at: at(.milliseconds(8_999))) == false)
        #expect(budget.takeRetry(at: at(.seconds(10))) == true)
    }

    @Test("with everything failing, attempts stay within 1.2 times the calls and the floor")
    func holdsUnderOutage() {
        var budget = RetryBudget()
        var random = SplitMix(seed: 7)
        var attempts = 0
        let calls = 60_000
        for number in 0..<calls {
            let now = at(.milliseconds(number))
            budget.recordCall(at: now)
            var schedule = RetrySchedule(RetryPolicy(), for: OutgoingCall(method: "GET"), until: .none)
            var decision = RetryDecision.retry(after: .zero)
            while case .retry = decision {
                attempts += 1
                decision = schedule.next(after: .reset, at: now, budget: &budget, using: &random)
            }
        }
        // 60 s, of which the floor gives 3 a second, and what the first window had in reserve.
        #expect(attempts <= calls * 12 / 10 + 3 * 60 + 30)
        #expect(attempts >= calls * 118 / 100, "the budget is there to be used")
    }

    @Test("it agrees with a list of all events", arguments: 1...5 as ClosedRange<UInt64>)
    func agreesWithModel(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var budget = RetryBudget()
        // Seconds of calls and of retries: whole buckets count until they are ten seconds old.
        var calls: [Int] = []
        var retries: [Int] = []
        var milliseconds = random.below(10_000)
        for step in 0..<4_000 {
            milliseconds += random.below([1, 20, 400, 15_000][random.below(400) == 0 ? 3 : random.below(3)])
            let now = MonotonicInstant(nanoseconds: Int64(milliseconds) * 1_000_000)
            let second = milliseconds / 1_000
            calls.removeAll { $0 <= second - 10 }
            retries.removeAll { $0 <= second - 10 }
            if random.below(2) > 0 {
                budget.recordCall(at: now)
                calls.append(second)
            } else {
                let isAllowed = Double(retries.count + 1) <= 30 + 0.2 * Double(calls.count)
                #expect(budget.takeRetry(at: now) == isAllowed, "seed \(seed), step \(step)")
                if isAllowed { retries.append(second) }
            }
        }
        #expect(budget.refusals > 0, "seed \(seed): the limit was never met")
    }
}
