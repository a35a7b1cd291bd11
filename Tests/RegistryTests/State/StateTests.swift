import Reactor
import Testing

@testable import Registry

@Suite("the state, with time passed in") struct StateTests {
    private static let second: Int64 = 1_000_000_000
    private let agent = AgentIdentity(name: "laptop", id: "9d754d17-d864-b1d3-e758-f3fe25a9874f")

    private func instant(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
    }

    /// A state with one instance `web` and one check `c` of it.
    private func state(_ plan: CheckPlan) throws -> RegistryState {
        var state = RegistryState(agent: agent, at: instant(0))
        var instance = ServiceInstance(node: agent.name, id: "web", name: "web")
        instance.isAgents = true
        let check = CheckRegistration(id: "c", name: "c", serviceID: "web", status: .passing, plan: plan)
        try state.registerService(instance, checks: [check], replacesChecks: false, at: instant(0))
        _ = state.takeChange()
        return state
    }

    private let key = CheckKey(node: "laptop", id: "c")

    private func status(_ state: RegistryState) -> CheckStatus? { state.tables.checks[key]?.status }

    @Test("23: a TTL expires when its time is up and not before") func ttl() throws {
        var state = try state(CheckPlan(kind: .ttl, interval: Self.second))
        try state.report("c", .passing, output: "hi", at: instant(5))
        state.tick(at: instant(5.999))
        #expect(status(state) == .passing)
        state.tick(at: instant(6))
        #expect(status(state) == .critical)
        #expect(state.tables.checks[key]?.output == "TTL expired (last output before timeout follows): hi")
    }

    @Test("23: a hundred reports leave one entry in the queue") func queue() throws {
        var state = try state(CheckPlan(kind: .ttl, interval: 10 * Self.second))
        let before = state.timers.count
        for number in 0..<100 { try state.report("c", .passing, output: "", at: instant(Double(number))) }
        #expect(state.timers.count == before)
    }

    @Test("29: the N-th result of a kind changes the status") func thresholds() throws {
        var plan = CheckPlan(kind: .http("http://h/"), interval: Self.second)
        plan.failuresBeforeCritical = 3
        plan.successBeforePassing = 2
        var state = try state(plan)
        let results: [(CheckStatus, CheckStatus)] = [
            (.critical, .passing), (.critical, .passing), (.passing, .passing), (.critical, .passing),
            (.critical, .passing), (.critical, .critical), (.passing, .critical), (.critical, .critical),
            (.passing, .critical), (.passing, .passing),
        ]
        for (place, (result, expected)) in results.enumerated() {
            state.finish(key, CheckResult(status: result, output: ""), at: instant(Double(place)))
            #expect(status(state) == expected, "result \(place)")
        }
    }

    @Test("29: between the two thresholds it is a warning") func warning() throws {
        var plan = CheckPlan(kind: .http("http://h/"), interval: Self.second)
        plan.failuresBeforeWarning = 1
        plan.failuresBeforeCritical = 2
        var state = try state(plan)
        state.finish(key, CheckResult(status: .critical, output: ""), at: instant(1))
        #expect(status(state) == .warning)
        state.finish(key, CheckResult(status: .critical, output: ""), at: instant(2))
        #expect(status(state) == .critical)
    }

    private func reaped() throws -> RegistryState {
        var plan = CheckPlan(kind: .ttl, interval: 3600 * Self.second)
        plan.deregisterAfter = Self.second
        return try state(plan)
    }

    @Test("32: a critical instance goes behind a minute and the next sweep") func reaping() throws {
        var state = try reaped()
        try state.report("c", .critical, output: "", at: instant(1))
        state.tick(at: instant(60))
        #expect(state.tables.services.count == 2)
        state.tick(at: instant(90))
        #expect(state.tables.services.count == 1 && state.tables.checks[key] == nil)
    }

    @Test("32: a pass in between saves it") func saved() throws {
        var state = try reaped()
        try state.report("c", .critical, output: "", at: instant(1))
        try state.report("c", .passing, output: "", at: instant(50))
        try state.report("c", .critical, output: "", at: instant(51))
        state.tick(at: instant(90))
        #expect(state.tables.services.count == 2)
        state.tick(at: instant(120))
        #expect(state.tables.services.count == 1)
    }

    @Test("32: a check that never ran is not reaped") func neverRan() throws {
        var state = RegistryState(agent: agent, at: instant(0))
        var instance = ServiceInstance(node: agent.name, id: "web", name: "web")
        instance.isAgents = true
        var plan = CheckPlan(kind: .http("http://h/"), interval: Self.second)
        plan.deregisterAfter = Self.second
        let check = CheckRegistration(id: "c", name: "c", serviceID: "web", plan: plan)
        try state.registerService(instance, checks: [check], replacesChecks: false, at: instant(0))
        for minute in 1..<10 { state.tick(at: instant(Double(minute) * 60)) }
        #expect(state.tables.services.count == 2)
    }

    private func withSession(_ change: (inout Session) -> Void) throws -> RegistryState {
        var state = RegistryState(agent: agent, at: instant(0))
        var session = Session(id: "s", node: agent.name)
        change(&session)
        try state.create(session, at: instant(0))
        _ = state.takeChange()
        return state
    }

    @Test("67: a session lives for twice its TTL; renewing puts that off") func sessionTTL() throws {
        var state = try withSession { $0.ttl = 10 * Self.second }
        state.tick(at: instant(19.9))
        #expect(state.tables.sessions.count == 1)
        #expect(state.renew("s", at: instant(19.9)) != nil)
        state.tick(at: instant(20))
        #expect(state.tables.sessions.count == 1)
        state.tick(at: instant(39.8))
        #expect(state.tables.sessions.count == 1)
        state.tick(at: instant(40))
        #expect(state.tables.sessions.isEmpty)
        #expect(state.renew("s", at: instant(41)) == nil)
    }

    @Test("72: the end of a session wakes those who watch the list") func sessionEnd() throws {
        var state = try withSession { $0.ttl = 10 * Self.second }
        let before = state.freshness(of: .sessions).index
        state.tick(at: instant(20))
        let change = state.takeChange()
        #expect(change?.touched.contains(.sessions) == true && state.freshness(of: .sessions).index > before)
    }

    @Test("26: an interval below a second is one second") func interval() {
        let plan = CheckPlan(kind: .http("http://h/"), interval: Self.second / 10)
        #expect(plan.effectiveInterval == Self.second)
    }

    @Test("69: the lock-delay ends when its time is up") func lockDelay() throws {
        var state = try withSession { $0.lockDelay = 2 * Self.second }
        let key = KVKey("l")
        #expect(try state.acquire(key, [], flags: 0, for: "s", at: instant(1)))
        state.end(session: "s", at: instant(10))
        try state.create(Session(id: "t", node: agent.name), at: instant(10))
        #expect(try !state.acquire(key, [], flags: 0, for: "t", at: instant(11.9)))
        #expect(try state.acquire(key, [], flags: 0, for: "t", at: instant(12)))
    }

    @Test("removed keys are forgotten in a quarter of an hour") func tombstones() throws {
        var state = RegistryState(agent: agent, at: instant(0))
        state.set(KVKey("a"), [1], flags: 0)
        state.delete(KVKey("a"), at: instant(10))
        state.tick(at: instant(900))
        #expect(state.tables.tombstones.count == 1)
        state.tick(at: instant(960))
        #expect(state.tables.tombstones.isEmpty && state.removals.isEmpty)
    }

    @Test("an alias follows the worst check of its instance") func alias() throws {
        var state = try state(CheckPlan(kind: .ttl, interval: 60 * Self.second))
        let alias = CheckRegistration(
            id: "follows",
            name: "follows",
            plan: CheckPlan(kind: .alias(service: "web", node: ""))
        )
        try state.registerCheck(alias, at: instant(0))
        _ = state.takeChange()
        let key = CheckKey(node: agent.name, id: "follows")
        #expect(state.tables.checks[key]?.status == .passing)
        try state.report("c", .warning, output: "slow", at: instant(1))
        _ = state.takeChange()
        #expect(state.tables.checks[key]?.status == .warning)
    }

    @Test("53: the waits that there are") func waits() {
        for _ in 0..<100 {
            let standard = BlockingQuery(index: 1, wait: 0).wait
            #expect(standard >= .seconds(300) && standard <= .seconds(319))
            let longest = BlockingQuery(index: 1, wait: 3600 * Self.second).wait
            #expect(longest >= .seconds(600) && longest <= .seconds(638))
        }
    }
}
