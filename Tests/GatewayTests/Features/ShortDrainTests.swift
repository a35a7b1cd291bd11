import Foundation
import Reactor
import TestSupport
import Testing

@Suite("G20: a drain that is to be short", .timeLimit(.minutes(1))) struct ShortDrainTests {
    private static let document = """
        {"routes": [{"path": "/chat", "service": "echo", "auth": "open", "upgrade": ["websocket"]}]}
        """

    @Test("G20: sockets are closed with 1012 within server.drain-timeout, and none is cut")
    func sockets() async throws {
        let upstream = try ScriptedUpstream { wire in
            try ScriptedUpstream.switching(wire)
            while let frame = TestFrame.read(try wire.readFrame())?.first {
                guard frame.opcode == 8 else { continue }
                try wire.send(TestFrame(opcode: 8, payload: Array(frame.payload.prefix(2))).bytes)
                return
            }
        }
        defer { upstream.stop() }
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "gateway.json")
        try Data(Self.document.utf8).write(to: file)
        let gateway = try await GatewayProcess.start([
            "VIGIE_GATEWAY_FILE": file.path, "VIGIE_CLIENTS_PEERS": "echo=127.0.0.1:\(upstream.port)",
            "VIGIE_SERVER_DRAIN_TIMEOUT": "2s",
        ])
        let port = try #require(gateway.address.port)
        var wires: [Wire] = []
        for _ in 0..<40 {
            wires.append(
                try await onThread {
                    let wire = try Wire.connect(to: port)
                    try wire.send(TestGateway.handshake)
                    #expect(try wire.readHead().hasPrefix("HTTP/1.1 101 "))
                    return wire
                }
            )
        }
        gateway.beginDrain()
        try await withThrowingTaskGroup(of: Int?.self) { tasks in
            for wire in wires {
                tasks.addTask {
                    try await onThread {
                        let frame = TestFrame.read(try wire.readFrame())?.first
                        try wire.send(TestFrame(opcode: 8, payload: [3, 244], mask: [1, 2, 3, 4]).bytes)
                        wire.finish()
                        return frame?.close?.status
                    }
                }
            }
            for try await status in tasks { #expect(status == 1012) }
        }
        #expect(await gateway.ended() == .exited(0))
    }
}
