import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

@Suite("contents of requests", .timeLimit(.minutes(1))) struct RequestContentTests {
    static let framings = ["length", "chunks"]

    /// A POST whose content is these bytes.
    private func message(_ content: [UInt8], _ framing: String) -> [UInt8] {
        let head = "POST / HTTP/1.1\r\nHost: a\r\n"
        guard framing == "chunks" else {
            return Array("\(head)Content-Length: \(content.count)\r\n\r\n".utf8) + content
        }
        var bytes = Array("\(head)Transfer-Encoding: chunked\r\n\r\n".utf8)
        for start in stride(from: 0, to: content.count, by: 10_000) {
            let chunk = content[start..<min(content.count, start + 10_000)]
            bytes += Array((String(chunk.count, radix: 16) + "\r\n").utf8) + chunk + Array("\r\n".utf8)
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }

    @Test("they arrive whole, of any size", arguments: framings, [1, 4, 65_535, 65_536, 65_537, 1_000_000])
    func collected(framing: String, count: Int) async throws {
        try await TestServer.run { request in
            HTTPResponse(.ok, body: HTTPBody(try await request.body.collect(upTo: 1 << 20)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let content = Pieces.bytes(0..<count)
            for _ in 0..<2 {
                async let answer = client.response()
                try await client.send(message(content, framing))
                #expect(try await answer.body == content)
            }
        }
    }

    @Test("a content read to its last byte leaves nothing to wait for when the connection ends")
    func lastByte() async throws {
        try await TestServer.run(on: try TestServer.quiet) {
            $0.lingerTimeout = .seconds(50)
        } handler: { request in
            HTTPResponse(.ok, body: HTTPBody("\(try await request.body.collect(upTo: 1 << 20).count)"))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 300000\r\n\r\n"
            try await client.send(head)
            try await client.send([UInt8](repeating: 120, count: 300_000))
            #expect(try await client.lastResponse().text == "300000")
            // The client keeps its own side open: only the server can end this before the time above.
            #expect(await server.settles { $0.connectionsOpen == 0 })
        }
    }

    @Test("an echo streams both ways at once, more than all buffers hold", arguments: framings)
    func echo(framing: String) async throws {
        try await TestServer.run {
            $0.contentByteCount = 64 << 20
        } handler: { request in
            HTTPResponse(.ok, body: request.body)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let content = Pieces.bytes(0..<(24 << 20))
            async let answer = client.response()
            try await client.send(message(content, framing))
            let echoed = try await answer
            #expect(echoed.body == content)
            #expect(echoed["content-length"] == (framing == "length" ? "\(content.count)" : nil))
        }
    }

    @Test(
        "a handler that does not read holds its client up, in the kernel and not in memory",
        arguments: framings
    )
    func backPressure(framing: String) async throws {
        let mayRead = Events<Void>()
        let largest = Events<Int>()
        try await TestServer.run {
            $0.contentByteCount = 128 << 20
        } handler: { request in
            _ = await mayRead.next()
            var count = 0
            var most = 0
            for try await piece in request.body {
                count += piece.count
                most = max(most, piece.count)
            }
            largest.note(most)
            return HTTPResponse(.ok, body: HTTPBody("\(count)"))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let content = Pieces.bytes(0..<(64 << 20))
            let whole = message(content, framing)
            let sent = try await client.sendUntilStalled(whole)
            #expect(sent < 32 << 20)
            mayRead.note(())
            try await client.send(Array(whole[sent...]))
            #expect(try await client.response().text == "\(content.count)")
            #expect(await largest.next() ?? .max <= 1 << 17)
        }
    }

    @Test("what a handler leaves unread: little is dropped and the connection goes on, much ends it")
    func unread() async throws {
        try await TestServer.run { _ in
            HTTPResponse(.ok, body: HTTPBody("x"))
        } _: { server in
            let few = try await RawClient.connect(to: server.address)
            try await few.send(message(Pieces.bytes(0..<60_000), "length"))
            #expect(try await !few.response().closes)
            #expect(try await few.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").text == "x")

            let many = try await RawClient.connect(to: server.address)
            try await many.send(message(Pieces.bytes(0..<900_000), "length"))
            let answer = try await many.lastResponse()
            #expect(answer.text == "x")
            #expect(answer.closes)
        }
    }

    @Test("an answer does not wait for a content that its handler did not want")
    func answersFirst() async throws {
        try await TestServer.run { _ in
            HTTPResponse(404, body: HTTPBody("x"))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let answer = try await client.exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
            #expect(answer.status == 404)
            #expect(!answer.closes)
            #expect(try await client.exchange("bodyGET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 404)
        }
    }

    @Test("a content that is partly read is as one that is unread")
    func partlyRead() async throws {
        try await TestServer.run { request in
            var pieces = request.body.makeAsyncIterator()
            let first = try await pieces.next()
            return HTTPResponse(.ok, body: HTTPBody(first ?? []))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let answer = try await client.exchange(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nbody"
            )
            #expect(answer.text == "body")
            #expect(
                try await client.exchange("restPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nmore")
                    .text == "more"
            )
        }
    }

    @Test("a content can be read once; a second reader finds the end")
    func readTwice() async throws {
        try await TestServer.run { request in
            let first = try await request.body.collect(upTo: 100)
            let second = try await request.body.collect(upTo: 100)
            return HTTPResponse(.ok, body: HTTPBody("\(first.count) \(second.count)"))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let answer = try await client.exchange(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            )
            #expect(answer.text == "3 0")
        }
    }

    @Test("a content that outlives its request is gone, and never another request's")
    func outlives() async throws {
        let bodies = Events<HTTPBody>()
        try await TestServer.run { request in
            if request.head.path == "/keep" { bodies.note(request.body) }
            return HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let head = "HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n"
            #expect(try await client.exchange("POST /keep \(head)").status == 200)
            #expect(try await client.exchange("bodyPOST /other \(head)").status == 200)
            let kept = try #require(await bodies.next())
            await #expect(throws: HTTPConnectionError.exchangeOver) { try await kept.collect(upTo: 100) }
            client.close()
        }
    }
}
