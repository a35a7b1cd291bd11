import Glibc
import HTTP
import Reactor
import Supervision
import TestSupport
import Testing
import Vigie
import VigieTesting

@Suite("an instance that fails", .timeLimit(.minutes(3))) struct InstanceFaultTests {
    @Test("killed: no call goes there a second behind its first failure, and those that can be repeated are")
    func killed() async throws {
        try await Stage.run { stage in
            let instances = [try await stage.drill(), try await stage.drill(), try await stage.drill()]
            try await Caller.run(stage) { caller, client in
                let port = instances[0].port
                let figures = try await CallLoad.run(client, [.get, .get, .get, .get]) { load in
                    try await eventually("calls to it") { caller.calls(to: port).count > 20 }
                    instances[0].process.signal(SIGKILL)
                    #expect(await instances[0].process.ended() == .signaled(SIGKILL))
                    try await load.answers(1_200)
                }
                #expect(figures.failures.isEmpty, "\(figures.failures.prefix(5))")
                let calls = caller.calls(to: port)
                let failed = calls.filter { $0.status != .unset }.map(\.start).min()
                let first = try #require(failed, "no call failed there")
                let last = try #require(calls.map(\.start).max())
                #expect(last - first <= .seconds(1))
            }
            for instance in instances.dropFirst() { await instance.process.stop() }
        }
    }

    @Test("paused: it is ejected, gets no calls, and gets them again when it goes on")
    func paused() async throws {
        try await Stage.run { stage in
            let instances = [try await stage.drill(), try await stage.drill(), try await stage.drill()]
            try await Caller.run(stage) { caller, client in
                let port = instances[0].port
                var timeouts = HTTPTimeouts()
                timeouts.attempt = .milliseconds(200)
                let row = try await stage.rows("drill").first { row in
                    row["Service"]?["Port"]?.integer == Int64(port)
                }
                let peer = ["peer": "drill/\(try #require(row?["Service"]?["ID"]?.string))"]
                func ejections() -> Double { caller.metric("resilience_ejections_total", peer) ?? 0 }
                _ = try await CallLoad.run(client, timeouts: timeouts) { load in
                    try await eventually("calls to it") { caller.calls(to: port).count > 20 }
                    let before = ejections()
                    instances[0].process.signal(SIGSTOP)
                    // So many at a time that some go there, however slow it looks.
                    let many = Array(repeating: HTTPMethod.get, count: 60)
                    _ = try await CallLoad.run(client, many, timeouts: timeouts) { _ in
                        try await eventually("its ejection") { ejections() > before }
                    }
                    try await eventually("calls without it") {
                        caller.spans.removeAll()
                        try await load.answers(200)
                        return caller.calls(to: port).isEmpty
                    }
                    try await eventually("its check that fails") {
                        try await stage.passing("drill").count == 2
                    }
                    instances[0].process.signal(SIGCONT)
                    caller.spans.removeAll()
                    try await eventually("its return") {
                        caller.calls(to: port).contains { $0.status == .unset }
                    }
                    try await eventually("its check") { try await stage.passing("drill").count == 3 }
                }
            }
            for instance in instances { await instance.process.stop() }
        }
    }
}
