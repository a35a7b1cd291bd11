import HTTP
import HTTPWire
import Reactor
import Synchronization
import Testing
import VigieTesting

/// An upgrade that did not happen opens no way around the gateway: what a client sends behind it is judged as any request.
@Suite("smuggling by upgrades (H19)", .timeLimit(.minutes(1))) struct UpgradeSmugglingTests {
    private static let document = """
        {"routes": [
          {"path": "/chat", "service": "echo", "auth": "open", "upgrade": ["websocket"]},
          {"path": "/plain", "service": "echo", "auth": "open"},
          {"path": "/private", "service": "echo"}
        ]}
        """

    /// Path, fields of the request, what the upstream answers, status at the client.
    static let cases: [(String, String, String, Int)] = [
        ("/chat", websocket, "200 OK\r\nContent-Length: 2\r\n\r\nno", 200),
        (
            "/chat", websocket,
            "426 Upgrade Required\r\nSec-WebSocket-Version: 7\r\nContent-Length: 0\r\n\r\n", 426
        ),
        ("/chat", websocket, "101 Switching Protocols\r\n\r\n", 502),
        ("/chat", websocket, "101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", 502),
        (
            "/chat", "Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
            good, 200
        ),
        ("/chat", "Connection: close, x\r\nUpgrade: websocket\r\n", good, 200),
        ("/chat", "Upgrade: websocket\r\n", good, 200),
        ("/chat", websocket.replacing("websocket", with: "websocket2"), good, 200),
        // Letters beyond ASCII are no other case of any (the Kelvin sign's small one is `k`).
        (
            "/chat", websocket.replacing("websocket", with: "websoc\u{212A}et"),
            "101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", 502
        ),
        ("/plain", websocket, good, 200),
        (
            "/plain", websocket,
            "101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", 502
        ),
    ]

    private static let good = "200 OK\r\nContent-Length: 2\r\n\r\nok"
    private static let websocket =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    @Test("what stands behind it needs a token of its own", arguments: cases)
    func refused(path: String, fields: String, answer: String, status: Int) async throws {
        let heads = Mutex<[String]>([])
        let upstream = try ScriptedUpstream { wire in
            while true {
                let head = try wire.readHead()
                heads.withLock { $0.append(head) }
                try wire.send("HTTP/1.1 " + answer)
            }
        }
        defer { upstream.stop() }
        try await SecurityStage.run(Self.document, before: [.loopback(port: upstream.port)]) { gateway in
            let client = try await RawClient.connect(to: gateway.address)
            let behind = "GET /private HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            try await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(behind)")
            let answers = try await client.answers()
            #expect(answers.first?.status == status && answers.first?["upgrade"] == nil)
            #expect(answers.dropFirst().allSatisfy { $0.status == 401 })
        }
        #expect(heads.withLock { $0 }.allSatisfy { $0.hasPrefix("GET \(path) ") && !$0.contains("/private") })
    }
}
