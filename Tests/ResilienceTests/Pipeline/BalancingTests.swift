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

    @Test("a call that was given up is no failure, and makes none of one that follows a success")
    func cancelledAmongFailures() throws {
        var state = Self.state([1, 2])
        state.beginEjecting()
        func outcome(_ outcome: AttemptOutcome, times count: Int, of name: String = "i1.internal") throws {
            for _ in 0..<count {
                var lease = try state.choose(excluding: [], at: at(.zero))
                while lease.instance.host != name {
                    state.leave(lease)
                    lease = try state.choose(excluding: [lease.instance], at: at(.zero))
                }
                state.record(outcome, of: lease, at: at(.milliseconds(1)))
                state.leave(lease)
            }
        }
        try outcome(.answered(status: 500), times: 4)
        try outcome(.cancelled, times: 1)
        try outcome(.answered(status: 200), times: 10)
        try outcome(.answered(status: 500), times: 1)
        #expect(state.ejected.isEmpty)
        try outcome(.answered(status: 500), times: 4)
        #expect(state.ejected.count == 1)
    }

    @Test("an upload that took long, or was given up late, leaves the shares as they were")
    func uploads() throws {
        var (state, other) = (Self.state([1, 2]), Self.state([1, 2]))
        for outcome in [AttemptOutcome.answered(status: 200), .cancelled] {
            let lease = try state.choose(excluding: [], at: at(.zero)).timed(false)
            state.record(outcome, of: lease, at: at(.seconds(20)))
            state.leave(lease)
            let same = try other.choose(excluding: [], at: at(.zero))
            other.leave(same)
        }
        for state in [state, other] {
            var state = state
            let counts = try Self.spread(&state, calls: 2000, from: .seconds(21)) { _ in
                (.answered(status: 200), .milliseconds(2))
            }
            for count in counts.values { #expect((500...1500).contains(count), "\(counts)") }
        }
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

    @Test(
        "calls follow the weights, with measurements and without",
        arguments: [[1.0, 3.0], [1, 1, 2], [5, 95], [1, 10, 100]]
    )
    func weights(weights: [Double]) throws {
        for isMeasured in [false, true] {
            var state = BalancerState(BalancedInstances.Settings(), seed: 7)
            let members = weights.enumerated().map { number, weight in
                BalancedInstances.Member(Self.instance(number), weight: weight)
            }
            state.update(members, at: .longAgo)
            let calls = 20_000
            let counts = try Self.spread(&state, calls: calls, from: .zero) { _ in
                (isMeasured ? .answered(status: 200) : .cancelled, .milliseconds(2))
            }
            for (number, weight) in weights.enumerated() {
                let share = Double(counts["i\(number).internal", default: 0]) / Double(calls)
                let wanted = weight / weights.reduce(0, +)
                #expect(abs(share - wanted) < 0.03, "\(number): \(share), not \(wanted)")
            }
        }
    }

    @Test("a weight that is none counts as 1", arguments: [0, -1, .nan, .infinity])
    func weightless(weight: Double) {
        #expect(BalancedInstances.Member(Self.instance(1), weight: weight).weight == 1)
    }

    private static func zoned(_ zones: [String?], failing: Set<Int> = []) -> BalancerState {
        var settings = BalancedInstances.Settings()
        settings.zone = "here"
        var state = BalancerState(settings, seed: 3)
        let members = zones.enumerated().map { number, zone in
            BalancedInstances.Member(instance(number), isPassing: !failing.contains(number), zone: zone)
        }
        state.update(members, at: .longAgo)
        return state
    }

    static let zones: [(zones: [String?], failing: Set<Int>, called: Set<Int>)] = [
        (["here", "here", "there", nil], [], [0, 1]),
        (["here", "there", "there"], [], [0, 1, 2]),
        (["here", "here", "there", "there"], [0], [1, 2, 3]),
        (["here", "here", "there", "there"], [0, 2, 3], [0, 1, 2, 3]),
        (["there", nil], [], [0, 1]),
    ]

    @Test("instances of the own zone come first, when there are two that can", arguments: zones)
    func zone(zones: [String?], failing: Set<Int>, called: Set<Int>) throws {
        var state = Self.zoned(zones, failing: failing)
        let counts = try Self.spread(&state, calls: 400, from: .zero) { _ in
            (.answered(status: 200), .milliseconds(2))
        }
        #expect(Set(counts.keys) == Set(called.map { "i\($0).internal" }))
    }

    @Test("a retry goes to any zone, and so does a call when the near breakers are open")
    func otherZone() throws {
        var state = Self.zoned(["here", "here", "there"])
        let near = [Self.instance(0), Self.instance(1)]
        #expect(try state.choose(excluding: near, at: at(.zero)).instance == Self.instance(2))
        for _ in 0..<40 {
            let lease = try state.choose(excluding: [], at: at(.seconds(1)))
            state.record(
                lease.instance.host == "i2.internal" ? .answered(status: 200) : .notConnected,
                of: lease,
                at: at(.seconds(1))
            )
            state.leave(lease)
        }
        #expect(try state.choose(excluding: [], at: at(.seconds(1))).instance == Self.instance(2))
    }

    @Test("calls on instances that went are counted until they end")
    func departing() throws {
        var state = Self.state([1])
        let lease = try state.choose(excluding: [], at: at(.zero))
        state.update(Self.members([2]), at: at(.zero))
        #expect(state.departingCalls == 1)
        state.leave(lease)
        #expect(state.departingCalls == 0)
        state.leave(lease)
        #expect(state.departingCalls == 0)
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

    @Test("one that stood still and comes back gets its share, however long it was waited for")
    func comesBack() throws {
        var state = Self.state([1, 2, 3])
        state.beginEjecting()
        let answer: (String) -> (AttemptOutcome, Duration) = { _ in (.answered(status: 200), .milliseconds(2))
        }
        _ = try Self.spread(&state, calls: 600, from: .zero, answer)
        var leases: [InstanceLease] = []
        for _ in 0..<90 { leases.append(try state.choose(excluding: [], at: at(.seconds(1)))) }
        for lease in leases {
            let stoodStill = lease.instance == Self.instance(1)
            let outcome: AttemptOutcome = stoodStill ? .timedOut : .answered(status: 200)
            state.record(outcome, of: lease, at: at(.milliseconds(1_200)))
            state.leave(lease)
        }
        #expect(state.ejected == [Self.instance(1)])
        for (id, _) in state.takeDueProbes(at: at(.seconds(20))) {
            state.finishProbe(of: id, passed: true, at: at(.seconds(20)))
        }
        #expect(state.ejected.isEmpty)
        let first = try Self.spread(&state, calls: 1000, from: .seconds(20), answer)
        let later = try Self.spread(&state, calls: 1000, from: .seconds(31), answer)
        #expect((1..<150).contains(first["i1.internal", default: 0]), "\(first)")
        #expect(later["i1.internal", default: 0] > 100, "\(later)")
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
