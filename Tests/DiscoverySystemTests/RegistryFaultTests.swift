import Glibc
import HTTP
import Reactor
import Supervision
import TestSupport
import Testing
import Vigie
import VigieTesting

@Suite("a registry that fails", .timeLimit(.minutes(3))) struct RegistryFaultTests {
    @Test(
        "killed, away and back without what it knew: no call fails, the age tells, all are registered again"
    )
    func restartedEmpty() async throws {
        try await Stage.run { stage in
            let instances = [try await stage.drill(), try await stage.drill()]
            let ports = Set(instances.map(\.port))
            try await Caller.run(stage) { caller, client in
                let figures = try await CallLoad.run(client) { load in
                    try await load.answers(100)
                    let before = caller.metric("discovery_snapshot_age_seconds") ?? .infinity
                    await stage.signalRegistry(SIGKILL)
                    try await eventually("a known set that grows old") {
                        (caller.metric("discovery_snapshot_age_seconds") ?? 0) > before + 4
                    }
                    #expect(caller.metric("discovery_instances", ["status": "passing"]) == 2)
                    // Away it is, and all serve on: no service needs it to be ready.
                    #expect(try await caller.get("/health/ready").status == 200)
                    try await load.answers(100)
                    try await stage.startRegistry()
                    let back = MonotonicInstant.now
                    try await eventually("all back") { try await stage.passing("drill") == ports }
                    try await eventually("the caller back") { try await !stage.passing("caller").isEmpty }
                    print("registered again \(MonotonicInstant.now - back) behind an empty registry's start")
                    try await eventually("a set that is young again") {
                        (caller.metric("discovery_snapshot_age_seconds") ?? .infinity) < 4
                    }
                    try await load.answers(500)
                }
                #expect(figures.failures.isEmpty, "\(figures.failures.prefix(5))")
                // Those who call are known again, too: who leaves now is confirmed.
                instances[0].process.signal(SIGTERM)
                let (output, exit) = try await instances[0].program.end()
                #expect(exit == .exited(0))
                #expect(output.contains(#""watchers":1,"unconfirmed":0"#))
            }
            await instances[1].process.stop()
        }
    }

    @Test(
        "frozen: it is noticed, no call fails, an instance that stops does so in time, and all goes on behind it"
    )
    func frozen() async throws {
        try await Stage.run { stage in
            let (staying, leaving) = (try await stage.drill(), try await stage.drill())
            try await Caller.run(stage) { caller, client in
                let figures = try await CallLoad.run(client, [.get, .get]) { load in
                    try await load.answers(100)
                    await stage.signalRegistry(SIGSTOP)
                    try await eventually("somebody who notices") {
                        !caller.logLines("not registered, or not known whether").isEmpty
                    }
                    leaving.process.signal(SIGTERM)
                    #expect(await leaving.process.ended() == .exited(0))
                    try await load.answers(100)
                    await stage.signalRegistry(SIGCONT)
                    try await eventually("one left") { try await stage.passing("drill") == [staying.port] }
                    try await load.answers(100)
                }
                #expect(figures.failures.isEmpty, "\(figures.failures.prefix(5))")
            }
            await staying.process.stop()
        }
    }

    @Test(
        "away at the start: the last known instances come from the disk; without a disk the service serves, too"
    )
    func awayAtStart() async throws {
        try await Stage.run { stage in
            let drill = try await stage.drill()
            let folder = try TemporaryFolder()
            try await Caller.run(stage, snapshots: folder.path) { _, client in
                #expect(try await client.get("/fast").head.status == .ok)
                try await eventually("a snapshot") { folder.holds("drill.instances") }
            }
            await stage.signalRegistry(SIGKILL)
            try await Caller.run(stage, snapshots: folder.path) { _, client in
                let answer = try await client.get("/fast")
                #expect(answer.head.status == .ok)
            }
            try await Caller.run(stage) { caller, client in
                #expect(try await caller.get("/health/ready").status == 200)
                do throws(CallError) {
                    _ = try await client.get("/fast")
                    Issue.record("somebody answered")
                } catch {
                    #expect(error.code == .noInstance)
                }
                // And it finds its way back by itself.
                try await stage.startRegistry()
                try await eventually("drill found") { (try? await client.get("/fast")) != nil }
            }
            await drill.process.stop()
        }
    }
}
