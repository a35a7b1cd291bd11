import Reactor
import Synchronization
import TestSupport
import Testing

@testable import Resilience

@Suite("the circuit breaker") struct CircuitBreakerTests {
    private let ok = AttemptOutcome.answered(status: 200)
    private let fault = AttemptOutcome.answered(status: 500)

    /// Calls one after another, those that are let through; returns how many were.
    @discardableResult
    private func call(
        _ breaker: inout CircuitBreaker,
        _ outcomes: [AttemptOutcome],
        at now: MonotonicInstant
    ) -> Int {
        var admitted = 0
        for outcome in outcomes {
            guard case .admitted(let permit) = breaker.admit(at: now) else { continue }
            breaker.record(outcome, for: permit, at: now)
            admitted += 1
        }
        return admitted
    }

    private func times(_ count: Int, _ outcome: AttemptOutcome) -> [AttemptOutcome] {
        Array(repeating: outcome, count: count)
    }

    @Test("probes that say nothing, such as streams, are followed by others after a minute")
    func silentProbes() {
        var breaker = CircuitBreaker()
        call(&breaker, times(20, fault), at: at(.zero))
        var permits: [CircuitBreaker.Permit] = []
        for _ in 0..<3 {
            if case .admitted(let permit) = breaker.admit(at: at(.seconds(5))) { permits.append(permit) }
        }
        #expect(permits.count == 3)
        #expect(call(&breaker, [ok], at: at(.seconds(64))) == 0)
        #expect(call(&breaker, times(3, ok), at: at(.seconds(65))) == 3)
        #expect(breaker.state == .closed)
        // What the first ones say in the end is of the time before.
        for permit in permits { breaker.record(fault, for: permit, at: at(.seconds(70))) }
        #expect(call(&breaker, times(19, fault), at: at(.seconds(71))) == 19)
        #expect(breaker.state == .closed)
    }

    @Test("20 calls of which half failed open it; 19 calls, or fewer failures, don't")
    func share() {
        var few = CircuitBreaker()
        call(&few, times(19, fault), at: at(.zero))
        #expect(few.state == .closed)
        call(&few, [fault], at: at(.zero))
        #expect(few.state == .open)

        var half = CircuitBreaker()
        call(&half, times(10, ok) + times(9, fault), at: at(.zero))
        #expect(half.state == .closed)
        call(&half, [fault], at: at(.seconds(8)))
        #expect(half.state == .open)

        var less = CircuitBreaker()
        call(&less, times(100, ok) + times(99, fault), at: at(.zero))
        #expect(less.state == .closed)
    }

    @Test("failures that are ten seconds old count no more")
    func forgets() {
        var breaker = CircuitBreaker()
        call(&breaker, times(19, fault), at: at(.zero))
        call(&breaker, [fault], at: at(.seconds(10)))
        #expect(breaker.state == .closed)
        call(&breaker, times(19, fault), at: at(.milliseconds(19_000)))
        #expect(breaker.state == .open)
    }

    static let running: [(AttemptOutcome, Int?)] = [
        (.notConnected, 5), (.reset, 5), (.timedOut, 20), (.broken, 20), (.answered(status: 503), 20),
        (.answered(status: 499), nil), (.answered(status: 429), nil), (.cancelled, nil),
    ]

    @Test("5 failures to connect open it, others need 20 calls, and some are none", arguments: running)
    func consecutive(outcome: AttemptOutcome, opensAfter: Int?) {
        var breaker = CircuitBreaker()
        #expect(call(&breaker, times(100, outcome), at: at(.zero)) == opensAfter ?? 100)
        #expect(breaker.state == (opensAfter == nil ? .closed : .open))
    }

    @Test("an answer between breaks the row, a cancelled call does not")
    func rows() {
        var breaker = CircuitBreaker()
        call(&breaker, times(4, .reset) + [ok] + times(4, .notConnected), at: at(.zero))
        #expect(breaker.state == .closed)
        call(&breaker, [.cancelled, .reset], at: at(.zero))
        #expect(breaker.state == .open)
    }

    @Test("a route may say: three one after another")
    func strictRoute() {
        var breaker = CircuitBreaker(.consecutive(3))
        call(&breaker, [fault, fault, ok, fault, .timedOut], at: at(.zero))
        #expect(breaker.state == .closed)
        call(&breaker, [fault], at: at(.zero))
        #expect(breaker.state == .open)
    }

    @Test("open for 5 s, then twice as long after each failed probe, at most 60 s; closing starts anew")
    func doubles() {
        var breaker = CircuitBreaker()
        var now = at(.zero)
        call(&breaker, times(5, .reset), at: now)
        for seconds in [5, 10, 20, 40, 60, 60] {
            #expect(breaker.admit(at: now) == .refused(retryAfter: .seconds(seconds)))
            #expect(
                breaker.admit(at: now + .seconds(seconds) + -1) == .refused(retryAfter: .nanoseconds(1)),
                "\(seconds) s"
            )
            now = now + .seconds(seconds)
            #expect(call(&breaker, [fault, ok], at: now) == 1, "after \(seconds) s")
        }
        now = now + .seconds(60)
        #expect(call(&breaker, times(3, ok), at: now) == 3)
        #expect(breaker.state == .closed)
        call(&breaker, times(5, .reset), at: now)
        #expect(breaker.admit(at: now) == .refused(retryAfter: .seconds(5)))
        #expect(breaker.openings == 8)
    }

    @Test("half-open lets 3 probes out at once, and closes when all have succeeded")
    func probes() {
        var breaker = CircuitBreaker()
        call(&breaker, times(5, .reset), at: at(.zero))
        var permits: [CircuitBreaker.Permit] = []
        for _ in 0..<5 {
            if case .admitted(let permit) = breaker.admit(at: at(.seconds(5))) { permits.append(permit) }
        }
        #expect(permits.count == 3)
        #expect(breaker.state == .halfOpen)
        breaker.record(ok, for: permits[0], at: at(.seconds(6)))
        breaker.record(.cancelled, for: permits[1], at: at(.seconds(6)))
        breaker.record(ok, for: permits[2], at: at(.seconds(6)))
        #expect(breaker.state == .halfOpen, "a cancelled probe proves nothing")
        #expect(call(&breaker, [ok], at: at(.seconds(6))) == 1, "its place is free again")
        #expect(breaker.state == .closed)
    }

    @Test("an outcome from before the last change counts no more")
    func ignoresLateOutcomes() {
        var breaker = CircuitBreaker()
        guard case .admitted(let slow) = breaker.admit(at: at(.zero)) else { return #expect(Bool(false)) }
        call(&breaker, times(5, .reset), at: at(.zero))
        call(&breaker, [ok], at: at(.seconds(5)))
        breaker.record(.timedOut, for: slow, at: at(.seconds(5)))
        #expect(breaker.state == .halfOpen)
        #expect(call(&breaker, [ok, ok], at: at(.seconds(5))) == 2)
        #expect(breaker.state == .closed)
    }

    @Test("each change is told, once")
    func tells() {
        let changes = Changes()
        var breaker = CircuitBreaker { change in changes.add(change) }
        call(&breaker, times(9, .reset), at: at(.zero))
        call(&breaker, times(3, ok), at: at(.seconds(5)))
        #expect(
            changes.all == [
                .init(from: .closed, to: .open), .init(from: .open, to: .halfOpen),
                .init(from: .halfOpen, to: .closed),
            ]
        )
        #expect(breaker.refusals == 4)
        #expect([CircuitBreaker.State.closed, .halfOpen, .open].map(\.rawValue) == [0, 1, 2])
    }

    @Test("closed, it agrees with a list of all calls", arguments: 1...5 as ClosedRange<UInt64>)
    func agreesWithModel(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var breaker = CircuitBreaker()
        var calls: [(second: Int, failed: Bool)] = []
        var row = 0
        var milliseconds = 0
        var openings = 0
        for step in 0..<20_000 {
            milliseconds += random.below(400)
            let now = MonotonicInstant(nanoseconds: Int64(milliseconds) * 1_000_000)
            guard case .admitted(let permit) = breaker.admit(at: now) else { continue }
            guard breaker.state == .closed else {
                // Back to closed, from where the model begins anew.
                breaker.record(ok, for: permit, at: now)
                if breaker.state == .closed { (calls, row) = ([], 0) }
                continue
            }
            let outcome = [ok, ok, ok, fault, .timedOut, .reset][random.below(6)]
            breaker.record(outcome, for: permit, at: now)
            calls.append((milliseconds / 1_000, outcome.isFailure))
            calls.removeAll { $0.second <= milliseconds / 1_000 - 10 }
            row = outcome.isConnectionFailure ? row + 1 : 0
            let failures = calls.count { $0.failed }
            let opens = outcome.isFailure && (row >= 5 || (calls.count >= 20 && failures * 2 >= calls.count))
            #expect((breaker.state == .open) == opens, "seed \(seed), step \(step)")
            if opens { openings += 1 }
        }
        #expect(openings > 10, "seed \(seed)")
        #expect(breaker.openings == UInt64(openings), "seed \(seed)")
    }
}

/// What a breaker told, from wherever it was called.
private final class Changes: Sendable {
    private let list = Mutex<[CircuitBreaker.Change]>([])
    var all: [CircuitBreaker.Change] { list.withLock { $0 } }
    func add(_ change: CircuitBreaker.Change) { list.withLock { $0.append(change) } }
}
