import Reactor
import TestSupport
import Testing

@testable import Resilience

@Suite("retries") struct RetryTests {
    private let get = OutgoingCall(method: "GET")

    /// What a fresh call with a fresh budget is told after one attempt.
    private func decide(
        _ outcome: AttemptOutcome,
        _ call: OutgoingCall,
        until deadline: Deadline = .none
    ) -> RetryDecision {
        var budget = RetryBudget()
        var random = Constant(word: 1)
        var schedule = RetrySchedule(RetryPolicy(), for: call, until: deadline)
        return schedule.next(after: outcome, at: at(.zero), budget: &budget, using: &random)
    }

    static let outcomes: [(AttemptOutcome, Bool)] = [
        (.notConnected, true), (.reset, true), (.timedOut, false), (.broken, false), (.cancelled, false),
        (.answered(status: 200), false), (.answered(status: 301), false), (.answered(status: 401), false),
        (.answered(status: 404), false), (.answered(status: 408), false), (.answered(status: 429), false),
        (.answered(status: 429, retryAfter: .zero), true), (.answered(status: 500), false),
        (.answered(status: 501), false), (.answered(status: 502), true), (.answered(status: 503), true),
        (.answered(status: 504), true), (.answered(status: 505), false),
    ]

    @Test("only what another instance may do better is tried again", arguments: outcomes)
    func chooses(outcome: AttemptOutcome, isRetryable: Bool) {
        #expect(decide(outcome, get) == (isRetryable ? .retry(after: .zero) : .stop(.notRetryable)))
    }

    static let methods: [(String, Bool, Bool)] = [
        ("GET", false, true), ("HEAD", false, true), ("OPTIONS", false, true), ("PUT", false, true),
        ("DELETE", false, true), ("POST", false, false), ("PATCH", false, false), ("TRACE", false, false),
        ("CONNECT", false, false), ("get", false, false), ("POST", true, true), ("PATCH", true, true),
    ]

    @Test("only idempotent methods, or a key for a route that honours it", arguments: methods)
    func repeats(method: String, isKeyed: Bool, isRepeatable: Bool) {
        let call = OutgoingCall(method: method, isKeyed: isKeyed)
        #expect(decide(.reset, call) == (isRepeatable ? .retry(after: .zero) : .stop(.notRepeatable)))
    }

    static let bodies: [(Int?, Bool)] = [(0, true), (65_536, true), (65_537, false), (nil, false)]

    @Test("a body over 64 KiB, or of unknown length, is not sent again", arguments: bodies)
    func bounds(byteCount: Int?, isRetried: Bool) {
        let call = OutgoingCall(method: "PUT", bodyByteCount: byteCount)
        #expect(decide(.reset, call) == (isRetried ? .retry(after: .zero) : .stop(.bodyTooLong)))
    }

    @Test(
        "three attempts in all; four for interfaces outside",
        arguments: [(RetryPolicy(), 3), (.external, 4)]
    )
    func ends(policy: RetryPolicy, attempts: Int) {
        var budget = RetryBudget()
        var random = SplitMix(seed: 1)
        var schedule = RetrySchedule(policy, for: get, until: .none)
        for _ in 1..<attempts {
            let decision = schedule.next(after: .reset, at: at(.zero), budget: &budget, using: &random)
            guard case .retry = decision else { return #expect(Bool(false), "\(decision)") }
        }
        let last = schedule.next(after: .reset, at: at(.zero), budget: &budget, using: &random)
        #expect(last == .stop(.attemptsUsed))
        #expect(schedule.attemptsMade == attempts)
    }

    static let waits: [(Int, Int)] = [
        (0, 25), (1, 50), (2, 100), (5, 800), (6, 1_000), (63, 1_000), (-1, 25),
    ]

    @Test("the wait is anything up to 25 ms · 2ⁿ, at most 1 s", arguments: waits)
    func jitters(retry: Int, longest: Int) {
        let policy = RetryPolicy()
        var least = Constant(word: 1)
        var most = Constant(word: .max)
        #expect(policy.delay(beforeRetry: retry, using: &least) == .zero)
        #expect(policy.delay(beforeRetry: retry, using: &most) == .milliseconds(longest))
        var random = SplitMix(seed: UInt64(bitPattern: Int64(retry)))
        let delays = (0..<1_000).map { _ in policy.delay(beforeRetry: retry, using: &random) }
        #expect(delays.allSatisfy { .zero <= $0 && $0 <= .milliseconds(longest) }, "seed \(retry)")
        let mean = delays.reduce(.zero, +) / 1_000
        #expect(
            .milliseconds(longest) * 2 / 5 < mean && mean < .milliseconds(longest) * 3 / 5,
            "seed \(retry): \(mean)"
        )
    }

    @Test("outside, the wait doubles from 1 s", arguments: [(0, 1), (1, 2), (2, 4)])
    func jittersOutside(retry: Int, longest: Int) {
        var most = Constant(word: .max)
        #expect(RetryPolicy.external.delay(beforeRetry: retry, using: &most) == .seconds(longest))
    }

    @Test("Retry-After is waited out within the deadline, else there is no retry")
    func waitsAsTold() {
        let answer = AttemptOutcome.answered(status: 503, retryAfter: .seconds(2))
        #expect(decide(answer, get, until: Deadline(at: at(.seconds(3)))) == .retry(after: .seconds(2)))
        #expect(decide(answer, get, until: Deadline(at: at(.seconds(2)))) == .stop(.deadlineTooNear))
        let past = AttemptOutcome.answered(status: 503, retryAfter: .seconds(-7))
        #expect(decide(past, get) == .retry(after: .zero))
        #expect(decide(.reset, get, until: Deadline(at: at(.zero))) == .stop(.deadlineTooNear))
    }

    @Test("what can't be retried costs the budget nothing")
    func sparesBudget() {
        var budget = RetryBudget()
        var random = Constant(word: 1)
        for call in [OutgoingCall(method: "POST"), OutgoingCall(method: "PUT", bodyByteCount: nil)] {
            var schedule = RetrySchedule(RetryPolicy(), for: call, until: .none)
            _ = schedule.next(after: .reset, at: at(.zero), budget: &budget, using: &random)
        }
        #expect(budget.remainingShare(at: at(.zero)) == 1)
    }
}
