import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

@Suite("clients that keep the server waiting (H16)", .timeLimit(.minutes(1))) struct TimeoutTests {
    @Test(
        "a head that does not arrive in time gets 408",
        arguments: ["G", "GET / HTTP/1.1\r\nHost: a\r\n", "\r\nG"]
    )
    func head(part: String) async throws {
        try await TestServer.run(on: try TestServer.quiet) {
            $0.headTimeout = .milliseconds(500)
        } handler: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address, sending: part)
            let answer = try await client.lastResponse()
            #expect(answer.status == 408)
            #expect(answer.closes)
            #expect(answer.text.contains("\"reason\":\"head_timeout\""))
            #expect(await server.finalCounters().refusals == [.headTimeout: 1])
        }
    }

    @Test("a byte now and then wins no time")
    func drippingHead() async throws {
        try await TestServer.run(on: try TestServer.quiet) {
            $0.headTimeout = .milliseconds(500)
        } handler: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address, sending: "GET / HTTP/1.1\r\nX: ")
            try await client.drip(UInt8(ascii: "y"), each: 10)
            #expect(try await client.response().status == 408)
        }
    }

    @Test(
        "who connects and says nothing, or an empty line, is dropped without an answer",
        arguments: ["", "\r\n", "\r"]
    )
    func silence(text: String) async throws {
        try await TestServer.run(on: try TestServer.quiet) {
            $0.headTimeout = .milliseconds(100)
        } handler: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address, sending: text)
            let (bytes, ending) = try await client.rest()
            #expect(bytes.isEmpty)
            #expect(ending == .clean)
            #expect(await server.finalCounters().refusals.isEmpty)
        }
    }

    @Test("an idle connection is closed without a word, a second head has its own time")
    func idle() async throws {
        try await TestServer.run(on: try TestServer.quiet) { settings in
            settings.headTimeout = .seconds(1)
            settings.idleTimeout = .seconds(2)
        } handler: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
            let idle = try await RawClient.connect(to: server.address, sending: request)
            #expect(try await idle.response().status == 200)
            let slow = try await RawClient.connect(to: server.address, sending: request)
            #expect(try await slow.response().status == 200)
            try await slow.send("GET")
            #expect(try await slow.lastResponse().status == 408)
            let (bytes, ending) = try await idle.rest()
            #expect(bytes.isEmpty)
            #expect(ending == .clean)
        }
    }

    @Test(
        "a content that stalls gets 408, also when it drips",
        arguments: ["Content-Length: 1000", "Transfer-Encoding: chunked"],
        [false, true]
    )
    func content(framing: String, drips: Bool) async throws {
        try await TestServer.run(on: try TestServer.quiet) {
            $0.contentTimeout = .milliseconds(150)
        } handler: { request in
            HTTPResponse(.ok, body: HTTPBody(try await request.body.collect(upTo: 1 << 20)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
            try await client.send("3e8\r\n")
            if drips { try await client.drip(UInt8(ascii: "x"), each: 10) }
            let answer = try await client.response()
            #expect(answer.status == 408)
            #expect(answer.closes)
            #expect(answer.text.contains("\"reason\":\"content_timeout\""))
            client.close()
            let counters = await server.finalCounters()
            #expect(counters.refusals == [.contentTimeout: 1])
            #expect(counters.handlerFailures == 0)
        }
    }

    @Test("a content that flows may take longer than the timeout")
    func flowingContent() async throws {
        try await TestServer.run(on: try TestServer.quiet) { settings in
            settings.contentTimeout = .milliseconds(500)
            settings.requestTimeout = .milliseconds(800)
        } handler: { request in
            HTTPResponse(.ok, body: HTTPBody("\(try await request.body.collect(upTo: 1 << 20).count)"))
        } _: { server in
            let count = 15
            let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count * 1024)\r\n\r\n"
            let client = try await RawClient.connect(to: server.address, sending: head)
            try await client.trickle([UInt8](repeating: 120, count: 1024), times: count, each: 60)
            #expect(try await client.response().text == "\(count * 1024)")
        }
    }

    @Test("an answer that nobody takes is cut by a reset", arguments: [false, true])
    func unreadAnswer(streams: Bool) async throws {
        let size = 32 << 20
        try await TestServer.run {
            $0.writeTimeout = .milliseconds(200)
        } handler: { _ in
            let body =
                streams
                ? HTTPBody(Pieces(count: size >> 16, of: 1 << 16), length: size)
                : HTTPBody([UInt8](repeating: 120, count: size))
            return HTTPResponse(.ok, body: body)
        } _: { server in
            let client = try await RawClient.connect(to: server.address, receiveBuffer: 1 << 14)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.gone())
            let (bytes, ending) = try await client.rest()
            #expect(bytes.count < size)
            #expect(ending == .reset)
            #expect(await server.finalCounters().writeTimeouts == 1)
        }
    }

    @Test(
        "a handler that takes too long is cancelled, and the client gets 503",
        arguments: ["GET", "HEAD", "POST"]
    )
    func slowHandler(method: String) async throws {
        let ends = Events<String>()
        try await TestServer.run(on: try TestServer.quiet) {
            $0.requestTimeout = .milliseconds(100)
            $0.lingerTimeout = .seconds(10)
        } handler: { _ in
            do {
                try await EventLoop.current?.sleep(for: .seconds(50))
            } catch {
                ends.note("\(error)")
            }
            return HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let content = method == "POST" ? "Content-Length: 100000\r\n" : ""
            try await client.send("\(method) / HTTP/1.1\r\nHost: a\r\n\(content)\r\n")
            if method == "POST" {
                try await client.send([UInt8](repeating: 120, count: 100_000))
            } else {
                try await client.send(HostileInputTests.behind)
            }
            let answer = try await client.response(isHead: method == "HEAD")
            #expect(answer.status == 503)
            #expect(answer.closes)
            #expect(answer["retry-after"] == "1")
            #expect(method == "HEAD" || answer.text.contains("\"reason\":\"request_timeout\""))
            #expect(try await client.rest().bytes.isEmpty)
            #expect(await ends.next() == "CancellationError()")
            client.close()
            let counters = await server.finalCounters()
            #expect(counters.refusals == [.requestTimeout: 1])
            #expect(counters.requests == 1)
            #expect(counters.handlerFailures == 0)
        }
    }

    /// A server whose `/slow` takes too long, and notes its end; all else is 4096 bytes.
    private static func runSlow(
        _ body: @escaping @Sendable (HTTPServer, Events<Void>) async throws -> Void
    ) async throws {
        let ends = Events<Void>()
        try await TestServer.run(on: try TestServer.quiet) {
            $0.requestTimeout = .milliseconds(100)
            $0.lingerTimeout = .seconds(10)
        } handler: { request in
            guard request.head.path == "/slow" else {
                return HTTPResponse(.ok, body: HTTPBody([UInt8](repeating: 120, count: 4096)))
            }
            try? await EventLoop.current?.sleep(for: .seconds(50))
            ends.note(())
            return HTTPResponse(.ok)
        } _: { server in
            try await body(server, ends)
        }
    }

    /// Takes what was asked for before `/slow`, and the answer to that.
    private static func takeAll(_ client: RawClient, behind count: Int) async throws {
        for _ in 0..<count { #expect(try await client.response().body.count == 4096) }
        #expect(try await client.lastResponse().status == 503)
        client.close()
    }

    @Test("neither the 503 nor earlier answers are lost when the client has yet to take them")
    func slowHandlerBehindAnswers() async throws {
        try await Self.runSlow { server, ends in
            let client = try await RawClient.connect(to: server.address, receiveBuffer: 1 << 14)
            let slow = "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
            try await client.send(String(repeating: StalledClient.request, count: 14) + slow)
            // Nobody reads it: closing the connection at once would be a reset.
            try await client.send([UInt8](repeating: 120, count: 100_000))
            _ = await ends.next()
            try await Self.takeAll(client, behind: 14)
        }
    }

    @Test("nor when the kernel has no room for them")
    func slowHandlerBehindManyAnswers() async throws {
        try await Self.runSlow { server, ends in
            let stalled = try await StalledClient.connect(to: server)
            let held = try await stalled.askUntilFull()
            stalled.client.reset()
            #expect(await server.settles { $0.connectionsOpen == 0 })
            let asked = held - 6
            let second = try await StalledClient.connect(to: server)
            try await second.ask(asked)
            let slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
            try await second.client.send(String(repeating: StalledClient.request, count: 14) + slow)
            _ = await ends.next()
            try await Self.takeAll(second.client, behind: asked + 14)
        }
    }

    @Test("the 503 reaches a client whose content was not read, before the end of the connection")
    func slowHandlerCleanEnd() async throws {
        try await TestServer.run(on: try TestServer.quiet) {
            $0.requestTimeout = .milliseconds(100)
            $0.lingerTimeout = .seconds(10)
        } handler: { _ in
            try await EventLoop.current?.sleep(for: .seconds(50))
            return HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
            try await client.send([UInt8](repeating: 120, count: 100_000))
            #expect(try await client.lastResponse().status == 503)
            client.close()
        }
    }
}
