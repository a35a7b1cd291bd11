import Glibc
import HTTP
import JSON
import Reactor
import Supervision
import TestSupport
import Testing

@Suite(
    "the front follows the registry",
    .enabled(if: Program.isWanted("nginx", "curl", "openssl")),
    .timeLimit(.minutes(4))
)
struct DiscoveryTests {
    @Test(
        "gateways that come and go under load fail no request, and their leaving is confirmed",
        arguments: [true, false]
    )
    func rolling(http2: Bool) async throws {
        try await RegistryStage.run(gateways: 2) { registry, first in
            let stage = try await registry.startFront()
            var gateways = first
            try await stage.passesOn(to: Set(gateways.map(\.port)))
            let figures = try await EdgeLoad.run(stage, http2: http2) { load in
                try await load.answers(50)
                for number in [0, 1] {
                    let new = try await registry.startGateway()
                    try await stage.passesOn(to: Set(gateways.map(\.port) + [new.port]))
                    let old = gateways[number]
                    gateways[number] = new
                    old.program.process.signal(SIGTERM)
                    let (output, exit) = try await old.program.end()
                    #expect(exit == .exited(0))
                    #expect(output.contains("deregistered, confirmed by all"), "\(output)")
                    #expect(try stage.configured() == Set(gateways.map(\.port)))
                    try await load.answers(50)
                }
            }
            #expect(figures.failures.isEmpty, "\(figures.failures)")
            #expect(Array(figures.statuses.keys) == [200], "\(figures.statuses)")
            // What was sent again had not been taken, so nothing was done twice.
            #expect(registry.backend.requests == figures.all)
            for gateway in gateways { await gateway.program.process.stop() }
            await stage.stop()
        }
    }

    @Test("nginx is reloaded when the gateways change, and not else")
    func reloads() async throws {
        try await RegistryStage.run(gateways: 1) { registry, gateways in
            let stage = try await registry.startFront()
            try await stage.passesOn(to: [gateways[0].port])
            let before = try await stage.metric("front_reloads_total", "done")
            let workers = try stage.nginx().workers
            // Several that come at once are one reload.
            var more: [RegistryStage.Gateway] = []
            for _ in 0..<2 { more.append(try await registry.startGateway()) }
            try await stage.passesOn(to: Set((gateways + more).map(\.port)))
            let after = try await stage.metric("front_reloads_total", "done")
            #expect((1...2).contains(after - before))
            #expect(Set(try stage.nginx().workers).isDisjoint(with: workers))
            for gateway in gateways + more { await gateway.program.process.stop() }
            // All said that they leave: nobody is there, and that is told.
            try await stage.passesOn(to: [])
            let refused = try await stage.ask("/api/x")
            #expect(refused.status == 503 && refused["retry-after"] == "1")
            #expect(try refused.json["reason"]?.string == "no_gateway")
            #expect(try await stage.ask("/health").status == 503)
            let back = try await registry.startGateway()
            try await stage.passesOn(to: [back.port])
            #expect(try await stage.ask("/api/x").status == 200)
            await back.program.process.stop()
            await stage.stop()
        }
    }

    @Test("a registry that is away, or comes back knowing nobody, takes no gateway out")
    func held() async throws {
        try await RegistryStage.run(gateways: 2) { registry, gateways in
            let stage = try await registry.startFront()
            let ports = Set(gateways.map(\.port))
            try await stage.passesOn(to: ports)
            let figures = try await EdgeLoad.run(stage) { load in
                await registry.killRegistry()
                try await load.answers(50)
                #expect(try stage.configured() == ports)
                try await registry.startRegistry()
                try await load.answers(50)
                #expect(try stage.configured() == ports)
            }
            #expect(figures.failures.isEmpty && Array(figures.statuses.keys) == [200], "\(figures)")
            for gateway in gateways { await gateway.program.process.stop() }
            await stage.stop()
        }
    }

    @Test("a WebSocket outlives reloads", .enabled(if: Program.isPythonWanted))
    func webSocket() async throws {
        let python = try #require(Program.python)
        try await RegistryStage.run(gateways: 1) { registry, gateways in
            registry.backend.answers { request in
                guard request.upgrade != nil else { return HTTPResponse(.ok) }
                return .switching(
                    to: "websocket",
                    fields: ["sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]
                ) {
                    connection in
                    while let bytes = try await connection.read() { try await connection.write(bytes) }
                }
            }
            let document = #"{"locations": [{"path": "/ws", "websocket": true}, {"path": "/api"}]}"#
            let stage = try await registry.startFront(document)
            try await stage.passesOn(to: [gateways[0].port])
            let workers = try stage.nginx().workers
            let script = Program.script("../Support/websocket_echo.py")
            let command = ChildProcess.Command(python, [script, "\(stage.httpsPort)", stage.authority])
            let socket = try SupervisedProcess(command, on: try TestLoops.one.loops[0])
            let opened = await socket.line()
            #expect(opened == "open")
            let second = try await registry.startGateway()
            try await stage.passesOn(to: [gateways[0].port, second.port])
            try await eventually("new workers") {
                Set(try stage.nginx().workers).subtracting(workers).isEmpty == false
            }
            // The old worker is still there, for the socket alone.
            #expect(Set(try stage.nginx().workers).isSuperset(of: workers))
            try await eventually("a worker that is leaving") {
                try await stage.metric("front_workers", #"state="leaving""#) == 1
            }
            #expect(try await stage.metric("front_workers", #"state="serving""#) == 1)
            for _ in 0..<20 { #expect(await socket.line() == "echo") }
            await socket.stop(StopLadder(patience: .seconds(5)))
            try await eventually("the old worker's end") {
                Set(try stage.nginx().workers).isDisjoint(with: workers)
            }
            for gateway in gateways + [second] { await gateway.program.process.stop() }
            await stage.stop()
        }
    }
}
