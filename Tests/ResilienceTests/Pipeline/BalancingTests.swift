import HTTP
import Reactor
import Testing

@testable import Resilience

@Suite("balancing") struct BalancingTests {
    private static func instance(_ number: Int) -> ServiceInstance {
        ServiceInstance(HTTPDestination(host: "i\(number).internal", port: 80))
    }
    private static func members(_ numbers: [Int], failing: Set<Int> = []) -> [BalancedInstances.Member] {
        numbers.map { BalancedInstances.Member(instance($0), isPassing: !failing.contains($0)) }
    }
    private static func state(
        _ numbers: [Int],
        failing: Set<Int> = [],
        at now: MonotonicInstant = .longAgo
    ) -> BalancerState {
        var state = BalancerState(BalancedInstances.Settings(), seed: 42)
        state.update(members(numbers, failing: failing), at: now)
        return state
    }

    /// Sends calls one after the other and counts where they go; each takes what `latency` says, with that outcome.
    private static func spread(
        _ state: inout BalancerState,
        calls: Int,
        from start: Duration,
        every step: Duration = .milliseconds(1),
        _ answer: (String) -> (AttemptOutcome, Duration)
    ) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for number in 0..<calls {
            let now = at(start + step * number)
            let lease = try state.choose(excluding: [], at: now)
            let (outcome, latency) = answer(lease.instance.host)
            counts[lease.instance.host, default: 0] += 1
            state.record(outcome, of: lease, at: now + latency)
            state.leave(lease)
        }
        return counts
    }

    @Test("equals get equal shares")
    func equals() throws {
        var state = Self.state([1, 2, 3, 4])
        let counts = try Self.spread(&state, calls: 4000, from: .zero) { _ in
            (.answered(status: 200), .milliseconds(2))
        }
        #expect(counts.count == 4)
        for count in counts.values { #expect((500...1700).contains(count), "\(counts)") }
    }

    @Test("the faster one gets more; the slow one is tried again after a while")
    func faster() throws {
        var state = Self.state([1, 2])
        let counts = try Self.spread(&state, calls: 4000, from: .zero) { host in
            (.answered(status: 200), host == "i1.internal" ? .milliseconds(1) : .milliseconds(50))
        }
        #expect(counts["i1.internal", default: 0] > 3600, "\(counts)")
        let later = try Self.spread(&state, calls: 3000, from: .seconds(200), every: .milliseconds(50)) { _ in
            (.answered(status: 200), .milliseconds(1))
        }
        #expect(later["i2.internal", default: 0] > 600, "\(later)")
    }

    @Test("fast refusals cost an instance, they do not win load", arguments: [429, 503])
    func refusals(status: Int) throws {
        var state = Self.state([1, 2])
        let counts = try Self.spread(&state, calls: 2000, from: .zero) { host in
            host == "i1.internal"
                ? (.answered(status: status), .microseconds(50)) : (.answered(status: 200), .milliseconds(5))
        }
        #expect(counts["i1.internal", default: 0] < 200, "\(counts)")
    }

    @Test("calls in flight count")
    func inFlight() throws {
        var state = Self.state([1, 2])
        _ = try Self.spread(&state, calls: 20, from: .zero) { _ in (.answered(status: 200), .milliseconds(5))
        }
        var leases: [InstanceLease] = []
        for _ in 0..<10 { leases.append(try state.choose(excluding: [], at: at(.seconds(1)))) }
        #expect(state.inFlight(Self.instance(1)) == 5)
        #expect(state.inFlight(Self.instance(2)) == 5)
        for lease in leases { state.leave(lease) }
        #expect(state.inFlight(Self.instance(1)) == 0)
    }

    @Test("an instance that joins gets its share little by little")
    func slowStart() throws {
        var state = Self.state([1, 2, 3])
        let answer: (String) -> (AttemptOutcome, Duration) = { _ in (.answered(status: 200), .milliseconds(2))
        }
        _ = try Self.spread(&state, calls: 600, from: .zero, answer)
        state.update(Self.members([1, 2, 3, 4]), at: at(.seconds(1)))
        let first = try Self.spread(&state, calls: 1000, from: .seconds(1), answer)
        let later = try Self.spread(&state, calls: 1000, from: .seconds(12), answer)
        #expect((1..<100).contains(first["i4.internal", default: 0]), "\(first)")
        #expect(later["i4.internal", default: 0] > 100, "\(later)")
    }

    @Test("another instance each time; when all were tried, another than the last")
    func another() throws {
        for seed in UInt64(1)...50 {
            var state = BalancerState(BalancedInstances.Settings(), seed: seed)
            state.update(Self.members([1, 2, 3]), at: .longAgo)
            var tried: [ServiceInstance] = []
            for _ in 0..<3 { tried.append(try state.choose(excluding: tried, at: at(.zero)).instance) }
            #expect(Set(tried).count == 3, "seed \(seed)")
            let fourth = try state.choose(excluding: tried, at: at(.zero)).instance
            #expect(fourth != tried[2], "seed \(seed)")
        }
        var alone = Self.state([1])
        #expect(try alone.choose(excluding: [Self.instance(1)], at: at(.zero)).instance == Self.instance(1))
    }

    @Test("only those that pass get calls, unless fewer than half do")
    func panic() throws {
        var state = Self.state([1, 2, 3, 4], failing: [1, 2])
        let answer: (String) -> (AttemptOutcome, Duration) = { _ in (.answered(status: 200), .milliseconds(2))
        }
        #expect(
            Set(try Self.spread(&state, calls: 200, from: .zero, answer).keys) == [
                "i3.internal", "i4.internal",
            ]
        )
        state.update(Self.members([1, 2, 3, 4], failing: [1, 2, 3]), at: at(.seconds(1)))
        #expect(try Self.spread(&state, calls: 400, from: .seconds(1), answer).count == 4)
    }

    @Test("what is known of instances that stay is kept; outcomes of those that left are ignored")
    func comeAndGo() throws {
        var state = Self.state([1, 2])
        var leases: [ServiceInstance: InstanceLease] = [:]
        while leases.count < 2 {
            let lease = try state.choose(excluding: [], at: at(.zero))
            if leases[lease.instance] == nil { leases[lease.instance] = lease } else { state.leave(lease) }
        }
        state.update(Self.members([2, 3]), at: at(.seconds(1)))
        #expect(state.inFlight(Self.instance(2)) == 1)
        for lease in leases.values {
            state.record(.answered(status: 200), of: lease, at: at(.seconds(2)))
            state.leave(lease)
        }
        #expect(state.inFlight(Self.instance(2)) == 0)
        // Back again, it is a new one: the old lease is not its.
        state.update(Self.members([1, 2, 3]), at: at(.seconds(3)))
        state.leave(try #require(leases[Self.instance(1)]))
        #expect(state.inFlight(Self.instance(1)) == 0)
        state.update([], at: at(.seconds(4)))
        #expect(throws: InstanceRefusal.noInstance) { try state.choose(excluding: [], at: at(.seconds(4))) }
    }

    @Test("never more than half are ejected, and the same member named twice is one")
    func half() throws {
        var state = Self.state([1, 2, 3, 3])
        #expect(state.count == 3)
        state.beginEjecting()
        for second in 0..<8 {
            let lease = try state.choose(excluding: [], at: at(.seconds(second)))
            state.record(.reset, of: lease, at: at(.seconds(second)))
            state.leave(lease)
        }
        #expect(state.ejected.count == 1)
    }

    static let waits: [(String, Duration?)] = [
        ("0", .zero), ("120", .seconds(120)), ("99999999999999999999", .seconds(1 << 32)),
        ("Thu, 01 Jan 1970 00:01:40 GMT", .seconds(60)), ("Thu, 01 Jan 1970 00:00:01 GMT", .zero),
        ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil), ("+3", nil),
    ]

    @Test("Retry-After is seconds or a date (RFC 9110 §10.2.3)", arguments: waits)
    func retryAfter(value: String, wait: Duration?) throws {
        #expect(RetryAfter.of([.retryAfter: value], at: 40) == wait)
    }
}
