import HTTP
import HTTPWire
import TestSupport
import Testing
import VigieTesting

@Suite("G19 G20: WebSockets", .timeLimit(.minutes(2))) struct WebSocketFeatureTests {
    private static let document = """
        {"routes": [
          {"path": "/chat", "service": "echo", "auth": "open", "upgrade": ["websocket"]},
          {"path": "/plain", "service": "echo", "auth": "open"}
        ]}
        """

    static func handshake(_ path: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    }

    @Test("G19: a service that asks for an upgrade (426) says so through the gateway")
    func asksForUpgrade() async throws {
        try await GatewayStage.run(Self.document) { stage in
            stage.allAnswer { _ in
                HTTPResponse(426, fields: ["upgrade": "websocket"], body: HTTPBody("speak WebSocket\n"))
            }
            for gateway in stage.gateways {
                let client = try await RawClient.connect(to: gateway.address)
                let answer = try await client.exchange("GET /chat HTTP/1.1\r\nHost: a\r\n\r\n")
                client.close()
                #expect(answer.status == 426 && answer.text == "speak WebSocket\n")
                #expect(answer["upgrade"] == "websocket" && answer["connection"] == "upgrade")
            }
        }
    }

    @Test("G19: bytes pass both ways; a route that allows none answers as ever")
    func passes() async throws {
        try await GatewayStage.run(Self.document) { stage in
            stage.allAnswer { request in
                guard request.upgrade != nil else { return HTTPResponse(.ok, body: HTTPBody("no socket")) }
                return .switching(to: "websocket", fields: ["sec-websocket-accept": "x"]) { connection in
                    while let bytes = try await connection.read() { try await connection.write(bytes) }
                }
            }
            let client = try await RawClient.connect(
                to: stage.gateway.address,
                sending: Self.handshake("/chat")
            )
            let answer = try await client.response()
            #expect(answer.status == 101 && answer["upgrade"] == "websocket")
            try await client.send("\u{1}\u{5}hello")
            #expect(try await client.bytes(7) == Array("\u{1}\u{5}hello".utf8))
            client.close()
            let plain = try await RawClient.connect(
                to: stage.gateway.address,
                sending: Self.handshake("/plain")
            )
            let refused = try await plain.response()
            #expect(refused.status == 200 && refused.text == "no socket")
            plain.close()
        }
    }
}
