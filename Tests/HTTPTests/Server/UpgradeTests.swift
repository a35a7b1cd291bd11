import HTTP
import HTTPWire
import TestSupport
import Testing

@Suite("connections that leave HTTP (RFC 9110 §7.8)", .timeLimit(.minutes(1))) struct UpgradeTests {
    static let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n"

    /// Echoes until the client ends its side, and says goodbye.
    @Sendable private static func echo(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard request.upgrade == "echo" else { return HTTPResponse(.ok, body: HTTPBody("no")) }
        return .switching(to: "echo", fields: ["x-a": "1"]) { connection in
            while let bytes = try await connection.read() { try await connection.write(bytes) }
            try await connection.write(Array("bye".utf8))
        }
    }

    @Test("the handler gets the connection, with what came behind the request", arguments: ["", "early"])
    func takesOver(early: String) async throws {
        try await TestServer.run(handler: Self.echo) { server in
            let client = try await RawClient.connect(to: server.address)
            let answer = try await client.exchange(Self.request + early)
            #expect(answer.status == 101)
            #expect(answer["connection"] == "upgrade")
            #expect(answer["upgrade"] == "echo")
            #expect(answer["x-a"] == "1")
            #expect(answer["content-length"] == nil)
            #expect(try await client.bytes(early.utf8.count) == Array(early.utf8))
            try await client.send("GET / HTTP/1.1\r\n\r\n")
            #expect(try await client.bytes(18) == Array("GET / HTTP/1.1\r\n\r\n".utf8))
            client.finishSending()
            let (bytes, ending) = try await client.rest()
            #expect(bytes == Array("bye".utf8))
            #expect(ending == .clean)
        }
    }

    static let mistakes = [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", HTTPResponse.switching(to: "echo") { _ in }),
        (request, HTTPResponse(.switchingProtocols)), (request, HTTPResponse(.continue)),
    ]

    @Test("a handler that switches unasked, or answers 1xx otherwise, is mistaken", arguments: mistakes)
    func mistaken(_ request: String, _ answer: HTTPResponse) async throws {
        try await TestServer.run { _ in
            answer
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            #expect(try await client.exchange(request).status == 500)
            #expect(await server.counters.handlerFailures == 1)
        }
    }

    @Test("an echo of more than all buffers hold comes back whole")
    func large() async throws {
        try await TestServer.run(handler: Self.echo) { server in
            let client = try await RawClient.connect(to: server.address)
            #expect(try await client.exchange(Self.request).status == 101)
            let content = Pieces.bytes(0..<(24 << 20))
            async let echoed = client.bytes(content.count)
            try await client.send(content)
            #expect(try await echoed == content)
        }
    }

    @Test("neither the idle nor the request timeout holds any more")
    func noTimeouts() async throws {
        try await TestServer.run(on: try TestServer.quiet) { settings in
            settings.idleTimeout = .milliseconds(300)
            settings.requestTimeout = .milliseconds(300)
            settings.headTimeout = .milliseconds(300)
        } handler: { request in
            try await Self.echo(request)
        } _: { server in
            let client = try await RawClient.connect(to: server.address, sending: Self.request)
            #expect(try await client.response().status == 101)
            #expect(try await !client.hears(within: 600))
            try await client.send("still")
            #expect(try await client.bytes(5) == Array("still".utf8))
        }
    }

    @Test("a reset ends the reading with an error")
    func reset() async throws {
        let ends = Events<HTTPConnectionError?>()
        try await TestServer.run { _ in
            .switching(to: "echo") { connection in
                do {
                    _ = try await connection.read()
                    ends.note(nil)
                } catch {
                    ends.note(error as? HTTPConnectionError)
                }
            }
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            #expect(try await client.exchange(Self.request).status == 101)
            client.reset()
            #expect(await ends.next() == .peerLeft)
        }
    }

    @Test(
        "one that is not offered is served as any request",
        arguments: ["Upgrade: h2c", "Upgrade: websocket, h2c"]
    )
    func ignored(field: String) async throws {
        try await TestServer.run(handler: Self.echo) { server in
            let client = try await RawClient.connect(to: server.address)
            let answer = try await client.exchange(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\(field)\r\n\r\n"
            )
            #expect(answer.status == 200)
            #expect(!answer.closes)
        }
    }
}
