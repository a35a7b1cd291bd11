import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing
import VigieTesting

@Suite("hostile input at the gateway: slow, long, and gone (H16, H17, H22)", .timeLimit(.minutes(2)))
struct HostileTimeTests {
    @Test("H16: a head that comes byte by byte is 408, and nobody upstream hears of it")
    func slowHead() async throws {
        try await SecurityStage.recording(settings: ["server.head-timeout": "300ms"]) { gateway, upstream in
            let client = try await RawClient.connect(
                to: gateway.address,
                sending: "GET /slow HTTP/1.1\r\nX: "
            )
            try await client.drip(UInt8(ascii: "y"), each: 20)
            let answer = try await client.response()
            #expect(answer.status == 408 && answer.closes && answer.reason == "head_timeout")
            #expect(upstream.record.requests.isEmpty && upstream.record.cut.isEmpty)
        }
    }

    /// Contents whose rest does not come.
    static let stalled = ["Content-Length: 9\r\n\r\npart", "Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n"]

    @Test(
        "H16: a content that stalls is 408, and upstream no part is taken for the whole",
        arguments: stalled
    )
    func stalledContent(_ part: String) async throws {
        try await SecurityStage.recording(settings: ["server.content-timeout": "300ms"]) {
            gateway,
            upstream in
            let client = try await RawClient.connect(to: gateway.address)
            try await client.send("POST /stalled HTTP/1.1\r\nHost: a\r\n\(part)")
            let answer = try await client.lastResponse()
            #expect(answer.status == 408 && answer.reason == "content_timeout", "\(answer)")
            #expect(upstream.record.requests.isEmpty)
        }
    }

    @Test("H16: a client that reads no more of its answer is cut, and its upstream freed")
    func slowReader() async throws {
        let ended = Latch()
        let upstream = try ScriptedUpstream { wire in
            try wire.readHead()
            try wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 7, count: 1 << 16) + [13, 10]
            do { while true { try wire.send(chunk) } } catch { ended.open() }
        }
        defer { upstream.stop() }
        let settings = ["server.write-timeout": "300ms"]
        try await SecurityStage.run(before: [.loopback(port: upstream.port)], settings: settings) { gateway in
            let client = try await RawClient.connect(to: gateway.address, receiveBuffer: 4_096)
            try await client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            await ended.wait()
            #expect(try await client.rest().ending == .reset)
        }
    }

    @Test("H17: chunks beyond a route's limit are 413 there, and upstream no part is taken for the whole")
    func longChunks() async throws {
        let document = """
            {"routes": [{"path": "/{rest...}", "service": "echo", "auth": "open", "bodyLimit": 100}]}
            """
        try await SecurityStage.recording(document) { gateway, upstream in
            let chunk = "32\r\n" + String(repeating: "x", count: 50) + "\r\n"
            for (count, status) in [(2, 200), (3, 413)] {
                let client = try await RawClient.connect(to: gateway.address)
                try await client.send(
                    "POST /\(count) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + String(repeating: chunk, count: count) + "0\r\n\r\n"
                )
                #expect(try await client.response().status == status)
            }
            #expect(upstream.record.targets == ["/2"])
        }
    }

    // MARK: H22

    /// Routes whose answers take other ways through the gateway.
    static let routes = ["/plain", "/places", "/limited", "/cached"]
    private static let document = """
        {"routes": [
          {"path": "/plain", "service": "echo", "auth": "open"},
          {"path": "/places", "service": "echo", "auth": "open", "inFlight": 5, "inFlightPerCaller": 5},
          {"path": "/limited", "service": "echo", "auth": "open", "answerLimit": 1000000},
          {"path": "/cached", "service": "echo", "auth": "open", "cache": true}
        ]}
        """

    /// Runs a gateway before an upstream that does what its script says.
    private static func run(
        _ script: @escaping ScriptedUpstream.Script,
        _ body: @Sendable (TestService) async throws -> Void
    ) async throws {
        let upstream = try ScriptedUpstream(script)
        defer { upstream.stop() }
        try await SecurityStage.run(document, before: [.loopback(port: upstream.port)], body)
    }

    private static func expectLeft(_ count: Double, _ gateway: TestService) async throws {
        try await eventually("a client that left is counted") {
            let labels = ["error_type": "client_disconnected"]
            return gateway.metric("http_server_request_duration_seconds", labels) == count
        }
    }

    @Test("H22: a client that ends only its writing side is answered in full", arguments: routes)
    func halfClose(route: String) async throws {
        let finished = Latch()
        try await Self.run { wire in
            try wire.readHead()
            finished.waitBlocking()
            try wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
        } _: { gateway in
            let client = try await RawClient.connect(to: gateway.address)
            try await client.send("GET \(route) HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finishSending()
            finished.open()
            #expect(try await client.answers().map(\.text) == ["late"])
        }
    }

    @Test("H22: a client that leaves before its answer frees its upstream at once", arguments: routes)
    func leavesBeforeAnswer(route: String) async throws {
        let (arrived, ended) = (Latch(), Latch())
        try await Self.run { wire in
            try wire.readHead()
            arrived.open()
            _ = wire.readToEnd()
            ended.open()
        } _: { gateway in
            let client = try await RawClient.connect(to: gateway.address)
            try await client.send("GET \(route) HTTP/1.1\r\nHost: a\r\n\r\n")
            await arrived.wait()
            client.reset()
            await ended.wait()
            try await Self.expectLeft(1, gateway)
        }
    }

    /// Parts of answers whose rest never comes.
    static let parts = [
        "Content-Length: 9\r\n\r\npart", "Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n", "\r\npart",
    ]

    @Test(
        "H22: a client that leaves a download, which is silent just then, frees its upstream and its place at once",
        arguments: routes,
        parts
    )
    func leavesDownload(route: String, part: String) async throws {
        let ended = Events<Bool>()
        try await Self.run { wire in
            try wire.readHead()
            try wire.send("HTTP/1.1 200 OK\r\n" + part)
            _ = wire.readToEnd()
            ended.note(true)
        } _: { gateway in
            // As often as there are places, and once more.
            for _ in 0..<6 {
                let client = try await RawClient.connect(to: gateway.address)
                try await client.send("GET \(route) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(String(decoding: try await client.bytes(15), as: UTF8.self) == "HTTP/1.1 200 OK")
                client.reset()
                _ = await ended.next()
                try await eventually("its place is free") {
                    gateway.metric("gateway_in_flight", ["limit": "/places"]) ?? 0 == 0
                }
            }
            try await Self.expectLeft(6, gateway)
        }
    }

    @Test(
        "H22: a client that leaves its upload: the upstream can't take a part for the whole",
        arguments: stalled
    )
    func leavesUpload(_ part: String) async throws {
        let part = part.replacing("Content-Length: 9", with: "Content-Length: 99999")
        let (arrived, ended) = (Latch(), Latch())
        try await Self.run { wire in
            let head = try wire.readHead()
            #expect(
                head.lowercased().contains("content-length: 99999\r\n")
                    != head.lowercased().contains("chunked")
            )
            arrived.open()
            let (rest, ending) = wire.readToEnd()
            #expect(!String(decoding: rest, as: UTF8.self).contains("0\r\n\r\n") && ending == .reset)
            ended.open()
        } _: { gateway in
            let client = try await RawClient.connect(to: gateway.address)
            try await client.send("POST /plain HTTP/1.1\r\nHost: a\r\n\(part)")
            await arrived.wait()
            client.reset()
            await ended.wait()
            try await Self.expectLeft(1, gateway)
        }
    }
}
