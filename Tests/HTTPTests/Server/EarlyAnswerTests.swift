import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

/// Answers that go out while somebody still reads their request's content, as a proxy does that passes it on.
@Suite("answers before the whole request", .timeLimit(.minutes(1))) struct EarlyAnswerTests {
    static let forms = [
        "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
        "Content-Length: 500000\r\n\r\nx",
        // So little is left that it could be dropped, and the connection used on.
        "Content-Length: 40\r\n\r\nx",
    ]

    /// Has a server answer 403 when a task of its handler has read the first byte of the content; the task reads on at once, or
    /// when `mayGoOn`, and tells how that ended.
    private static func run(
        _ form: String,
        asStream: Bool = false,
        mayGoOn: Latch? = nil,
        _ body: @escaping @Sendable (HTTPServer, RawClient, Events<HTTPConnectionError?>) async throws -> Void
    ) async throws {
        let ends = Events<HTTPConnectionError?>()
        try await TestServer.run(on: try TestServer.single) {
            $0.lingerTimeout = .milliseconds(500)
        } handler: { request in
            let begun = Events<Void>()
            Task {
                do {
                    var pieces = request.body.makeAsyncIterator()
                    _ = try await pieces.next()
                    begun.note(())
                    await mayGoOn?.wait()
                    while try await pieces.next() != nil {}
                    ends.note(nil)
                } catch {
                    ends.note(error as? HTTPConnectionError)
                }
            }
            _ = await begun.next()
            guard asStream else { return HTTPResponse(.forbidden, body: HTTPBody("no")) }
            let (pieces, piece) = AsyncStream.makeStream(of: [UInt8].self)
            piece.yield(Array("no".utf8))
            piece.finish()
            return HTTPResponse(.forbidden, body: HTTPBody(pieces, length: nil))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\n" + form)
            let answer = try await client.response()
            #expect(answer.status == 403 && answer.text == "no")
            try await body(server, client, ends)
            #expect(await server.settles { $0.connectionsOpen == 0 })
            #expect(await server.counters.clientDisconnected == 0)
        }
    }

    @Test("who waits for more of it is told that the request is over", arguments: forms, [false, true])
    func waitingReader(form: String, asStream: Bool) async throws {
        try await Self.run(form, asStream: asStream) { _, client, ends in
            let end = await ends.next()
            // Where it asked a moment too late, the little that is left is dropped.
            if end == .some(.readTwice), form == Self.forms[2] {
                try await client.send([UInt8](repeating: 120, count: 39))
                return client.close()
            }
            #expect(end == .some(.exchangeOver))
            let rest = try await client.rest()
            #expect(rest.ending == .clean && rest.bytes.isEmpty)
        }
    }

    @Test("who asks for more only then is told so, too, and holds nothing up", arguments: forms.prefix(2))
    func lateReader(form: String) async throws {
        let mayGoOn = Latch()
        try await Self.run(form, mayGoOn: mayGoOn) { _, client, ends in
            mayGoOn.open()
            #expect(await ends.next() == .some(.exchangeOver))
            let rest = try await client.rest()
            #expect(rest.ending == .clean && rest.bytes.isEmpty)
        }
    }

    @Test("a rest that nobody reads is dropped, and the connection used on; who asks for it then is told so")
    func dropped() async throws {
        let mayGoOn = Latch()
        try await Self.run(Self.forms[2], mayGoOn: mayGoOn) { server, client, ends in
            try await client.send([UInt8](repeating: 120, count: 39))
            #expect(try await client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 403)
            mayGoOn.open()
            let both = [await ends.next(), await ends.next()]
            #expect(both.contains(.some(.exchangeOver)) && both.contains(.some(nil)))
            client.close()
        }
    }

    @Test("a client that ends its side behind the answer has not left in the middle")
    func clientEnds() async throws {
        try await Self.run(Self.forms[0]) { _, client, ends in
            client.close()
            #expect(await ends.next() == .some(.exchangeOver))
        }
    }

    @Test("a handler whose time is up reads no more")
    func timedOut() async throws {
        let ends = Events<HTTPConnectionError?>()
        try await TestServer.run(on: try TestServer.quiet) {
            $0.requestTimeout = .milliseconds(200)
        } handler: { request in
            // It is told to stop, and goes on.
            await Latch().wait()
            do {
                for try await _ in request.body {}
                ends.note(nil)
            } catch {
                ends.note(error as? HTTPConnectionError)
            }
            return HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            // Its one piece has not been asked for: there is something to give.
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\n" + Self.forms[0])
            #expect(try await client.response().status == 503)
            #expect(await ends.next() == .some(.exchangeOver))
            client.close()
            #expect(await server.settles { $0.connectionsOpen == 0 })
            #expect(await server.counters.clientDisconnected == 0)
        }
    }

    @Test("what a client had no room for goes on its way while a later request is handled")
    func roomLater() async throws {
        let mayAnswer = Latch()
        let slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
        try await TestServer.run(on: try TestServer.quiet) { request in
            if request.head.path == "/slow" { await mayAnswer.wait() }
            return HTTPResponse(.ok, body: HTTPBody([UInt8](repeating: 120, count: 4096)))
        } _: { server in
            // How many answers kernel and server hold for a client that reads none.
            let stalled = try await StalledClient.connect(to: server)
            let held = try await stalled.askUntilFull()
            stalled.client.reset()
            #expect(await server.settles { $0.connectionsOpen == 0 })
            // The kernel has room for some more; the rest waits in the server, whose handler is at the last one.
            let asked = held - 6
            let second = try await StalledClient.connect(to: server)
            try await second.ask(asked)
            try await second.client.send(String(repeating: StalledClient.request, count: 14) + slow)
            #expect(await server.settles { $0.requestsActive == 1 })
            for _ in 0..<(asked + 14) { #expect(try await second.client.response().body.count == 4096) }
            mayAnswer.open()
            #expect(try await second.client.response().status == 200)
            second.client.close()
        }
    }
}
