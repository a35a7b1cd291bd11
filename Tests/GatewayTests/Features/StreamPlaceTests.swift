import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing
import VigieTesting

@Suite("G17 G21: places of answers that stream, and clients that leave them", .timeLimit(.minutes(2)))
struct StreamPlaceTests {
    private static let document = """
        {"routes": [
          {"path": "/plain", "service": "echo", "auth": "open"},
          {"path": "/limited", "service": "echo", "auth": "open", "answerLimit": "1MiB"},
          {"path": "/cached", "service": "echo", "auth": "open", "cache": true},
          {"path": "/events", "service": "echo", "auth": "open", "stream": true},
          {"id": "one", "path": "/one", "service": "echo", "auth": "open", "inFlight": 1},
          {"id": "chat", "path": "/chat", "service": "echo", "auth": "open", "inFlight": 1,
           "upgrade": ["websocket"]}
        ]}
        """

    /// A content of one piece and then nothing, which tells when nobody wants any more of it.
    private static func silence(_ type: String) -> (answer: Upstream.Answer, left: Latch) {
        let left = Latch()
        let (pieces, more) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingOldest(4))
        more.onTermination = { _ in left.open() }
        more.yield(Array("data: first\n\n".utf8))
        return ({ _ in HTTPResponse(.ok, fields: [.contentType: type], body: HTTPBody(pieces)) }, left)
    }

    private static func ask(_ gateway: TestService, _ target: String) async throws -> RawClient {
        let client = try await RawClient.connect(to: gateway.address)
        try await client.send("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        var text = ""
        while !text.contains("first") { text += String(decoding: try await client.bytes(1), as: UTF8.self) }
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        return client
    }

    @Test(
        "who leaves an answer that is silent lets go of the instance, too",
        arguments: ["/plain", "/limited", "/cached", "/events", "/one"]
    )
    func leaves(_ target: String) async throws {
        try await GatewayStage.run(Self.document) { stage in
            for gateway in stage.gateways {
                let (answer, left) = Self.silence(target == "/events" ? "text/event-stream" : "text/plain")
                stage.allAnswer(answer)
                let client = try await Self.ask(gateway, target)
                // An orderly end might be that of one side alone.
                client.reset()
                await left.wait()
            }
        }
    }

    @Test("G17: a place is taken until the last byte of the answer, or until its client leaves")
    func places() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let gateway = stage.gateway
            let taken = { gateway.metric("gateway_in_flight", ["limit": "one"]) ?? -1 }
            for leavesEarly in [false, true] {
                let (pieces, more) = AsyncStream.makeStream(
                    of: [UInt8].self,
                    bufferingPolicy: .bufferingOldest(4)
                )
                stage.allAnswer { _ in HTTPResponse(.ok, body: HTTPBody(pieces)) }
                more.yield(Array("first".utf8))
                let client = try await Self.ask(gateway, "/one")
                #expect(taken() == 1)
                stage.allAnswer(Upstream.greeting)
                let refused = try await gateway.get("/one")
                #expect(refused.status == 503 && refused.reason == "overloaded")
                // Each gateway has its own places.
                #expect(try await stage.gateways[1].get("/one").status == 200)
                if leavesEarly {
                    client.reset()
                } else {
                    more.finish()
                    #expect(try await client.bytes(7) == Array("\r\n0\r\n\r\n".utf8))
                }
                try await eventually("the place back, \(leavesEarly)") { taken() == 0 }
                more.finish()
                #expect(try await gateway.get("/one").status == 200)
                client.close()
            }
        }
    }

    @Test("G17 G19: a WebSocket has its place until it ends, from whichever side")
    func tunnels() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let gateway = stage.gateway
            stage.allAnswer { request in
                guard request.upgrade != nil else { return HTTPResponse(.ok) }
                return .switching(to: "websocket") { connection in
                    while let bytes = try await connection.read(), bytes != Array("end".utf8) {
                        try await connection.write(bytes)
                    }
                }
            }
            let request = WebSocketFeatureTests.handshake("/chat")
            for serviceEnds in [false, true] {
                let client = try await RawClient.connect(to: gateway.address, sending: request)
                #expect(try await client.response().status == 101)
                try await client.send("hello")
                #expect(try await client.bytes(5) == Array("hello".utf8))
                #expect(gateway.metric("gateway_in_flight", ["limit": "chat"]) == 1)
                let refused = try await gateway.get("/chat")
                #expect(refused.status == 503 && refused.reason == "overloaded")
                if serviceEnds {
                    try await client.send("end")
                    #expect(try await client.rest().bytes.isEmpty)
                }
                client.close()
                try await eventually("the place back, \(serviceEnds)") {
                    gateway.metric("gateway_in_flight", ["limit": "chat"]) == 0
                }
                #expect(try await gateway.get("/chat").status == 200)
            }
        }
    }
}
