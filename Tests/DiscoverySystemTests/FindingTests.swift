import Glibc
import HTTP
import Reactor
import Supervision
import TestSupport
import Testing
import Vigie
import VigieTesting

@Suite("services that find each other", .timeLimit(.minutes(2))) struct FindingTests {
    @Test("a service is found by its name as soon as its caller serves, and one that joins gets its share")
    func found() async throws {
        try await Stage.run { stage in
            let first = try await stage.drill()
            try await Caller.run(stage) { caller, client in
                #expect(try await client.get("/fast").head.status == .ok)
                let port = try #require(caller.address.port)
                try await eventually("the caller itself") { try await stage.passing("caller") == [port] }
                let second = try await stage.drill()
                let figures = try await CallLoad.run(client) { load in
                    try await eventually("calls to both") {
                        ![first, second].contains { caller.calls(to: $0.port).isEmpty }
                    }
                    try await load.answers(20)
                }
                #expect(figures.failures.isEmpty)
                await second.process.stop()
            }
            await first.process.stop()
        }
    }

    @Test("one that stops is deregistered, its callers confirm, and only then does it stop: no call fails")
    func leaves() async throws {
        try await Stage.run { stage in
            let staying = try await stage.drill()
            try await Caller.run(stage) { _, client in
                for _ in 0..<3 {
                    let leaving = try await stage.drill()
                    let figures = try await CallLoad.run(client) { load in
                        try await load.answers(100)
                        leaving.process.signal(SIGTERM)
                        let (output, exit) = try await leaving.program.end()
                        #expect(exit == .exited(0))
                        let line = output.split(separator: "\n").first { $0.contains("deregistered, ") }
                        #expect(line?.contains(#""watchers":1,"unconfirmed":0"#) == true, "\(line ?? "none")")
                        try await load.answers(100)
                    }
                    #expect(figures.failures.isEmpty, "\(figures.failures.prefix(5))")
                    #expect(try await stage.passing("drill") == [staying.port])
                }
            }
            await staying.process.stop()
        }
    }

    @Test("an instance is registered with its check, its version and all that it can be chosen by")
    func registered() async throws {
        try await Stage.run { stage in
            let drill = try await stage.drill([
                "VIGIE_DISCOVERY_TAGS": "a,canary", "VIGIE_DISCOVERY_ZONE": "north",
                "VIGIE_DISCOVERY_WEIGHT": "3",
                "VIGIE_ADVERTISE_ADDRESS": "localhost",
            ])
            let row = try #require(try await stage.rows("drill").first)
            let service = try #require(row["Service"])
            #expect(service["ID"]?.string?.hasPrefix("drill-") == true)
            #expect(service["ID"]?.string?.hasSuffix("-\(drill.port)") == true)
            #expect(service["Address"]?.string == "localhost")
            #expect(service["Tags"]?.elements.compactMap(\.string) == ["a", "canary"])
            #expect(service["Weights"]?["Passing"]?.integer == 3)
            let meta = try #require(service["Meta"])
            #expect(meta["version"]?.string == "0.0.0" && meta["zone"]?.string == "north")
            #expect(meta["protocol"]?.string == "http/1.1" && meta["metrics_port"]?.string == "\(drill.port)")
            #expect(meta["routes"]?.string?.isEmpty == false)
            let check = row["Checks"]?.elements.first { $0["Type"]?.string == "http" }
            #expect(check?["Status"]?.string == "passing")
            #expect(check?["Interval"]?.string == "5s" && check?["Timeout"]?.string == "2s")
            await drill.process.stop()
        }
    }
}
