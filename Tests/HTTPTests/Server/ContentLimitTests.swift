import HTTP
import HTTPWire
import TestSupport
import Testing

@Suite("contents that are too large, or announced", .timeLimit(.minutes(1))) struct ContentLimitTests {
    @Test(
        "a length over the limit is refused before a byte of it is read (H17, H18)",
        arguments: ["", "Expect: 100-continue\r\n"]
    )
    func byLength(expect: String) async throws {
        let handled = Events<Void>()
        try await TestServer.run {
            $0.contentByteCount = 1000
        } handler: { _ in
            handled.note(())
            return HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            // Not one byte of content follows: the answer can't be waiting for any.
            let answer = try await client.exchange(
                "POST / HTTP/1.1\r\nHost: a\r\n\(expect)Content-Length: 1001\r\n\r\n"
            )
            #expect(answer.status == 413)
            #expect(answer.closes)
            #expect(try await client.rest().ending == .clean)
            #expect(handled.all.isEmpty)
        }
    }

    @Test("a client that pushes on behind a refusal can still read it")
    func pushesOn() async throws {
        try await TestServer.run {
            $0.lingerTimeout = .seconds(10)
        } handler: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n")
            try await client.send([UInt8](repeating: 120, count: 8_000_000))
            #expect(try await client.lastResponse().status == 413)
            client.close()
        }
    }

    @Test("chunks are cut off at the limit (H17)", arguments: [0, 1])
    func byChunks(excess: Int) async throws {
        try await TestServer.run {
            $0.contentByteCount = 1000
        } handler: { request in
            var count = 0
            for try await piece in request.body { count += piece.count }
            return HTTPResponse(.ok, body: HTTPBody("\(count)"))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let chunk = "64\r\n" + String(repeating: "x", count: 100) + "\r\n"
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            try await client.send(
                String(repeating: chunk, count: 10) + (excess == 0 ? "0\r\n\r\n" : "1\r\nx\r\n")
            )
            let answer = try await client.response()
            #expect(answer.status == (excess == 0 ? 200 : 413))
            #expect(answer.closes == (excess == 1))
            client.close()
            #expect(await server.finalCounters().refusals == (excess == 0 ? [:] : [.contentTooLarge: 1]))
        }
    }

    @Test(
        "a limit of the request's own is what counts for it",
        arguments: [("/upload", 200), ("/other", 413)]
    )
    func ownLimit(path: String, status: Int) async throws {
        try await TestServer.run { settings in
            settings.contentByteCount = 10
            settings.contentByteCountOf = { $0.path == "/upload" ? 20 : 10 }
        } handler: { request in
            HTTPResponse(.ok, body: HTTPBody(try await request.body.collect(upTo: 20)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(
                "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n12345678901234567890"
            )
            #expect(try await client.response().status == status)
        }
    }

    @Test("a handler's own limit gives 413, and the connection lives on when little is left")
    func handlersLimit() async throws {
        try await TestServer.run { request in
            HTTPResponse(.ok, body: HTTPBody(try await request.body.collect(upTo: 4)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let answer = try await client.exchange(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345"
            )
            #expect(answer.status == 413)
            #expect(answer.text.contains("\"reason\":\"content_too_large\""))
            #expect(try await client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
        }
    }

    // MARK: Expect: 100-continue

    @Test("100 comes when the handler reads, and only then")
    func continues() async throws {
        let entered = Events<Void>()
        let mayRead = Events<Void>()
        try await TestServer.run { request in
            entered.note(())
            _ = await mayRead.next()
            return HTTPResponse(.ok, body: HTTPBody(try await request.body.collect(upTo: 100)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
            )
            _ = await entered.next()
            #expect(try await !client.hears(within: 50))
            mayRead.note(())
            let interim = try await client.response()
            #expect(interim.status == 100)
            #expect(interim.fields.isEmpty)
            let answer = try await client.exchange("body")
            #expect(answer.status == 200)
            #expect(answer.text == "body")
            #expect(!answer.closes)
        }
    }

    @Test(
        "no 100 when the handler does not read, and the connection ends",
        arguments: ["Content-Length: 4", "Transfer-Encoding: chunked"]
    )
    func neverReads(framing: String) async throws {
        try await TestServer.run { _ in
            HTTPResponse(.badRequest)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\(framing)\r\n\r\n")
            let answer = try await client.lastResponse()
            #expect(answer.status == 400)
            #expect(answer.closes)
        }
    }

    @Test(
        "no 100 when the content is there already, or when the client speaks 1.0",
        arguments: ["1.1", "1.0"]
    )
    func needless(version: String) async throws {
        try await TestServer.run { request in
            HTTPResponse(.ok, body: HTTPBody(try await request.body.collect(upTo: 100)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let head =
                "POST / HTTP/\(version)\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
            if version == "1.0" {
                try await client.send(head)
                #expect(try await !client.hears(within: 50))
                try await client.send("body")
            } else {
                try await client.send(head + "body")
            }
            #expect(try await client.response().text == "body")
        }
    }
}
