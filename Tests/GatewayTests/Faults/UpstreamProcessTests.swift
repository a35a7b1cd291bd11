import Glibc
import HTTP
import Reactor
import Supervision
import TestSupport
import Testing
import VigieTesting

/// Instances that are processes, and what becomes of them under load through two gateways.
@Suite("instances that die, or stand still", .timeLimit(.minutes(2))) struct UpstreamProcessTests {
    private static let document = """
        {"routes": [
          {"path": "/fast", "service": "echo", "auth": "open", "attemptTimeout": "400ms"},
          {"path": "/hedged", "service": "echo", "auth": "open", "hedge": "30ms", "attemptTimeout": "10s", "rewrite": "/fast"}
        ]}
        """

    /// Four instances of the service `drill`, and two gateways before them.
    private static func run(
        _ body: @Sendable (FaultStage, [RunningProgram]) async throws -> Void
    ) async throws {
        var instances: [RunningProgram] = []
        var addresses: [SocketAddress] = []
        for _ in 0..<4 {
            let instance = try RunningProgram.service("DrillService")
            addresses.append(try await instance.serving().service)
            instances.append(instance)
        }
        let all = instances
        let outcome = await Result {
            try await FaultStage.run(document, before: addresses) { try await body($0, all) }
        }
        for instance in all { instance.process.signal(SIGKILL) }
        try outcome.get()
    }

    @Test("an instance that is killed costs no GET its answer, and gets a rest")
    func killed() async throws {
        try await Self.run { stage, instances in
            try await stage.load("/fast") { load in
                try await load.more(200)
                for instance in instances[..<2] {
                    instance.process.signal(SIGKILL)
                    _ = await instance.process.ended()
                    try await load.more(400)
                }
                #expect(load.failures.isEmpty)
                #expect(stage.metric("resilience_ejections_total") >= 2)
            }
        }
    }

    @Test("one that stands still (SIGSTOP) costs the requests it has, and then nobody; going on it is back")
    func paused() async throws {
        try await Self.run { stage, instances in
            try await stage.load("/fast") { load in
                try await load.more(200)
                instances[0].process.signal(SIGSTOP)
                try await eventually("a time that was over") { load.count(504) > 0 }
                // An instance's running failures are five at most, and each client may have one more under way.
                try await load.more(2_000)
                #expect(load.failures.allSatisfy { $0.hasPrefix("504: ") } && load.count(504) <= 2 * 5 + 8)
                let before = load.count(504)
                try await load.more(500)
                #expect(load.count(504) - before <= 2, "it is asked no more, or hardly ever")
                instances[0].process.signal(SIGCONT)
                let after = load.count(504)
                try await load.more(1_000)
                #expect(load.count(504) - after <= 8)
            }
        }
    }

    @Test("with a hedge nobody waits for one that stands still")
    func hedged() async throws {
        try await Self.run { stage, instances in
            try await stage.load("/hedged") { load in
                try await load.more(400)
                instances[0].process.signal(SIGSTOP)
                try await load.more(3_000)
                #expect(load.failures.isEmpty)
                // What a call that was given up took is known to the balancing: the budget of retries lasts.
                #expect(stage.metric("resilience_retry_budget_ratio") > 0.2)
                instances[0].process.signal(SIGCONT)
            }
        }
    }
}
