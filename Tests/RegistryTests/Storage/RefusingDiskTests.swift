import Glibc
import HTTP
import JSON
import Reactor
import Supervision
import TestSupport
import Testing

@Suite("a disk that refuses writes", .enabled(if: RegistryFixture.isEmbedded)) struct RefusingDiskTests {
    @Test("a write that can't be stored is an error, and not there; reads go on") func refused() async throws
    {
        let folder = try TemporaryFolder()
        do {
            let process = try RunningProgram.registry(["--port", "0", "--data-dir", folder.path])
            let registry = try await process.client()
            try await registry.register(#""Name":"web","Check":{"TTL":"3600s"}"#)
            try await registry.put("/v1/agent/check/pass/service:web")
            try await registry.put("/v1/kv/kept", "old")
            try await limitFiles(of: process, to: "1")
            let refusal = try await registry.put("/v1/kv/kept", "new")
            #expect(refusal.status == 500)
            #expect(refusal.text.hasPrefix("log can't be written, nothing was stored: "))
            // The system's reason, and no path of the machine.
            #expect(refusal.text.hasSuffix(": File too large"))
            // Reads go on, and show what was acknowledged and nothing else.
            #expect(try await registry.get("/v1/kv/kept?raw").text == "old")
            #expect(try await registry.get("/v1/health/service/web?passing").list.count == 1)
            // So do reports that change nothing.
            #expect(try await registry.put("/v1/agent/check/pass/service:web").isEmptySuccess)
            #expect(try await registry.put("/v1/agent/check/fail/service:web").status == 500)
            #expect(try await registry.put("/v1/kv/other", "x").status == 500)
            #expect(try await registry.register(#""Name":"late""#).status == 500)
            let health = try await registry.get("/health")
            #expect(health.status == 503 && health.text.contains("File too large"))
            #expect(try await registry.get("/metrics").text.contains("\nregistry_log_writable 0\n"))
            process.process.signal(SIGTERM)
            #expect(await process.process.ended() == .exited(0))
            await registry.client.close()
        }
        let process = try RunningProgram.registry(["--port", "0", "--data-dir", folder.path])
        let registry = try await process.client()
        #expect(try await registry.get("/v1/kv/kept?raw").text == "old")
        #expect(try await registry.get("/v1/kv/?keys").json.texts == ["kept"])
        #expect(try await registry.get("/v1/agent/services").json.keys == ["web"])
        await process.process.stop()
        await registry.client.close()
    }

    @Test("a log that can't grow makes room by snapshots, and loses nothing that was acknowledged")
    func full()
        async throws
    {
        let folder = try TemporaryFolder()
        let last = 60
        do {
            // 64 blocks of 512 bytes (POSIX sh): no file may grow beyond 32 KiB, so writes are cut in the middle.
            let process = try RunningProgram(
                "vigie",
                ["registry", "--port", "0", "--data-dir", folder.path],
                setup: "ulimit -f 64"
            )
            let registry = try await process.client()
            let filling = String(repeating: "x", count: 2000)
            var refusals = 0
            let end = MonotonicInstant.now + .seconds(40)
            for number in 0...last {
                while try await registry.put("/v1/kv/key", "\(number)\(filling)").status != 200 {
                    refusals += 1
                    try #require(MonotonicInstant.now < end)
                }
                #expect(try await registry.get("/v1/kv/key?raw").text == "\(number)\(filling)")
            }
            #expect(refusals > 0)
            process.process.signal(SIGKILL)
            #expect(await process.process.ended() == .signaled(SIGKILL))
            await registry.client.close()
        }
        let process = try RunningProgram.registry(["--port", "0", "--data-dir", folder.path])
        let registry = try await process.client()
        #expect(try await registry.get("/v1/kv/key?raw").text.hasPrefix("\(last)x"))
        await process.process.stop()
        await registry.client.close()
    }

    @Test("what was refused together with others does not come back with the next start") func together()
        async throws
    {
        let folder = try TemporaryFolder()
        var answers: [String: Int] = [:]
        do {
            let process = try RunningProgram(
                "vigie",
                ["registry", "--port", "0", "--data-dir", folder.path],
                setup: "ulimit -f 64"
            )
            let registry = try await process.client()
            let filling = String(repeating: "x", count: 1000)
            #expect(try await registry.put("/v1/kv/first", filling).status == 200)
            // At once, so that many are one write to the disk, which is cut in the middle of it.
            answers = try await withThrowingTaskGroup(of: (String, Int).self) { tasks in
                for number in 0..<400 {
                    tasks.addTask {
                        ("key-\(number)", try await registry.put("/v1/kv/key-\(number)", filling).status)
                    }
                }
                return try await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            process.process.signal(SIGKILL)
            #expect(await process.process.ended() == .signaled(SIGKILL))
            await registry.client.close()
        }
        #expect(answers.values.contains(500))
        let process = try RunningProgram.registry(["--port", "0", "--data-dir", folder.path])
        let registry = try await process.client()
        let kept = Set(try await registry.get("/v1/kv/?keys").json.texts)
        #expect(kept == Set(answers.filter { $0.value == 200 }.keys).union(["first"]))
        await process.process.stop()
        await registry.client.close()
    }

    @Test("when there is room again, writes go on, and are there behind a restart") func healing()
        async throws
    {
        let folder = try TemporaryFolder()
        do {
            let process = try RunningProgram.registry(["--port", "0", "--data-dir", folder.path])
            let registry = try await process.client()
            try await registry.put("/v1/kv/before", "x")
            try await limitFiles(of: process, to: "1")
            #expect(try await registry.put("/v1/kv/refused", "x").status == 500)
            #expect(try await registry.get("/v1/kv/before?raw").text == "x")
            try await limitFiles(of: process, to: "unlimited")
            var answer = try await registry.put("/v1/kv/after", "x")
            let end = MonotonicInstant.now + .seconds(30)
            while answer.status != 200, MonotonicInstant.now < end {
                answer = try await registry.put("/v1/kv/after", "x")
            }
            #expect(answer.text == "true")
            #expect(try await registry.get("/health").status == 200)
            process.process.signal(SIGKILL)
            #expect(await process.process.ended() == .signaled(SIGKILL))
            await registry.client.close()
        }
        let process = try RunningProgram.registry(["--port", "0", "--data-dir", folder.path])
        let registry = try await process.client()
        #expect(try await registry.get("/v1/kv/?keys").json.texts == ["after", "before"])
        await process.process.stop()
        await registry.client.close()
    }

    /// Sets the soft limit of file sizes of a running process (prlimit(1)): `1` byte, `unlimited`.
    private func limitFiles(of program: RunningProgram, to size: String) async throws {
        _ = try await Program.succeed("prlimit", ["--pid", "\(program.process.id)", "--fsize=\(size):"])
    }
}
