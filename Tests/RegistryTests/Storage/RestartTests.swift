import Glibc
import HTTP
import JSON
import Reactor
import Registry
import Supervision
import TestSupport
import Testing

@Suite("restarts with a data folder", .enabled(if: RegistryFixture.isEmbedded)) struct RestartTests {
    @Test("55: the index goes on, and what was registered is there") func restart() async throws {
        let folder = try TemporaryFolder()
        let index = Shared<UInt64>(0)
        let body = Shared<[UInt8]>([])
        try await RegistryFixture.run(in: folder.path) { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"3600s"}"#)
            try await registry.put("/v1/agent/check/pass/service:web")
            try await registry.put("/v1/kv/a", "x")
            let answer = try await registry.get("/v1/health/service/web")
            body.withLock { $0 = answer.bytes }
            let last = try await registry.get("/v1/kv/a").index
            index.withLock { $0 = last }
        }
        try await RegistryFixture.run(in: folder.path) { (registry) async throws in
            let before = index.withLock { $0 }
            #expect(try await registry.get("/v1/kv/a").index == before)
            #expect(try await registry.get("/v1/health/service/web").bytes == body.withLock { $0 })
            try await registry.put("/v1/kv/a", "y")
            #expect(try await registry.get("/v1/kv/a").index > before)
        }
    }

    @Test(
        "an instance that went while the registry was away is found out at once, however rarely it is asked"
    )
    func gone() async throws {
        let folder = try TemporaryFolder()
        let server = try await HTTPServer.start(at: .loopback(port: 0), on: try TestLoops.one) { _ in
            HTTPResponse(.ok)
        }
        let check = #"{"HTTP":"http://\#(server.address)/","Interval":"3600s","Status":"passing"}"#
        try await RegistryFixture.run(in: folder.path) { (registry) async throws in
            try await registry.register(#""Name":"web","Check":\#(check)"#)
            #expect(try await registry.get("/v1/health/service/web?passing").text != "[]")
        }
        _ = await server.drain()
        try await RegistryFixture.run(in: folder.path) { (registry) async throws in
            try await eventually("nobody passes") {
                try await registry.get("/v1/health/service/web?passing").text == "[]"
            }
        }
    }

    @Test("what is asked while the first writes are on their way is answered", arguments: 0..<10)
    func first(round: Int) async throws {
        let folder = try TemporaryFolder()
        let process = try RunningProgram.registry(["--port", "0", "--data-dir", folder.path])
        let registry = try await process.client()
        try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 0..<64 { tasks.addTask { try await registry.get("/v1/health/state/any").status } }
            for try await status in tasks { #expect(status == 200) }
        }
        await registry.client.close()
        await process.process.stop()
    }

    @Test("a short log makes snapshots while writes go on, and all is there behind them") func snapshots()
        async throws
    {
        let folder = try TemporaryFolder()
        try await RegistryFixture.run(in: folder.path, snapshotByteCount: 4096) { (registry) async throws in
            for number in 0..<500 { try await registry.put("/v1/kv/k\(number % 50)", "\(number)") }
        }
        #expect(try folder.names.contains { $0.hasPrefix("snapshot-") })
        #expect(!folder.holds("log-0"))
        try await RegistryFixture.run(in: folder.path) { (registry) async throws in
            for key in 0..<50 { #expect(try await registry.get("/v1/kv/k\(key)?raw").text == "\(450 + key)") }
        }
    }

    @Test("killed in the middle of 10 000 writes: all that were acknowledged are there") func killed()
        async throws
    {
        let folder = try TemporaryFolder()
        let acknowledged = Shared<[Int]>([])
        let killAt = 6000
        do {
            let process = try RunningProgram.registry(["--port", "0", "--data-dir", folder.path])
            let registry = try await process.client()
            await withTaskGroup(of: Void.self) { tasks in
                for lane in 0..<50 {
                    tasks.addTask {
                        for number in stride(from: lane, to: 10_000, by: 50) {
                            guard let answer = try? await registry.put("/v1/kv/k\(number)", "v\(number)")
                            else { return }
                            guard answer.text == "true" else { continue }
                            let count = acknowledged.withLock { list in
                                list.append(number)
                                return list.count
                            }
                            if count == killAt { process.process.signal(SIGKILL) }
                        }
                    }
                }
            }
            #expect(await process.process.ended() == .signaled(SIGKILL))
            await registry.client.close()
        }
        let kept = acknowledged.withLock { $0 }
        #expect(kept.count >= killAt)
        let process = try RunningProgram.registry(["--port", "0", "--data-dir", folder.path])
        let registry = try await process.client()
        let pairs = try await registry.get("/v1/kv/k?recurse").list
        let values = Dictionary(
            uniqueKeysWithValues: pairs.map { ($0["Key"]?.string ?? "", $0["Value"]?.string ?? "") }
        )
        let missing = kept.filter { values["k\($0)"] == nil }
        #expect(missing.isEmpty)
        process.process.signal(SIGTERM)
        #expect(await process.process.ended() == .exited(0))
        await registry.client.close()
    }

    static let commands: [(arguments: [String], status: Int32)] = [
        (["registry", "--port", "x"], 64), (["nope"], 64), (["--help"], 0), (["registry", "--help"], 0),
    ]

    @Test("the command explains itself", arguments: commands)
    func command(arguments: [String], status: Int32) async throws {
        let program = try #require(Program.product("vigie"))
        let result = try await Program.run(program, arguments)
        #expect(result.exit == .exited(status))
        #expect(!(result.text + result.error).isEmpty)
    }
}
