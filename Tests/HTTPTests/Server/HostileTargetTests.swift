import HTTP
import HTTPWire
import Testing

@Suite("hostile input: what is taken, and in which form", .timeLimit(.minutes(1))) struct HostileTargetTests {
    @Test("one canonical target decides (H13)", arguments: TakenInput.targets)
    func canonicalTarget(sent: String, seen: String) async throws {
        try await TestServer.run {
            HTTPResponse(.ok, body: HTTPBody($0.head.target))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let answer = try await client.exchange("GET \(sent) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.status == 200)
            #expect(answer.text == seen)
        }
    }

    @Test(
        "the authority of an absolute target wins (H9)",
        arguments: [
            ("http://b:81/x", "a", "b:81"), ("http://b/", "b", "b"), ("/x", "a", "a"),
            ("/x", "[::1]:80", "[::1]:80"),
        ]
    )
    func authority(target: String, host: String, seen: String) async throws {
        try await TestServer.run { request in
            HTTPResponse(
                .ok,
                body: HTTPBody((request.head.fields[.host] ?? "") + " \(request.head.fields.count)")
            )
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let answer = try await client.exchange("GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
            #expect(answer.text == "\(seen) 1")
        }
    }

    @Test(
        "what is just within the limits is served, and the next request with it",
        arguments: TakenInput.messages
    )
    func accepts(message: String) async throws {
        try await TestServer.run { request in
            _ = try await request.body.collect(upTo: 10)
            return HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(message + "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await client.response().status == 200)
            #expect(try await client.lastResponse().status == 200)
            #expect(await server.finalCounters().refusals.isEmpty)
        }
    }

    @Test("an upgrade of a connection that is to close is not offered to the handler (H19)")
    func closingUpgrade() async throws {
        try await TestServer.run {
            HTTPResponse(.ok, body: HTTPBody($0.upgrade ?? "none"))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, upgrade\r\nUpgrade: echo\r\n\r\n"
            )
            #expect(try await client.lastResponse().text == "none")
        }
    }

    @Test("trailers that would frame, route or authenticate are dropped (H8)")
    func trailers() async throws {
        try await TestServer.run { request in
            let content = try await request.body.collect(upTo: 100)
            let trailers = await request.body.trailers
            let names = trailers.all.map { String(decoding: $0.name, as: UTF8.self) }.joined(separator: ",")
            return HTTPResponse(.ok, body: HTTPBody("\(String(decoding: content, as: UTF8.self)) \(names)"))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let answer = try await client.exchange(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 1\r\n"
                    + "Content-Length: 9\r\nTransfer-Encoding: chunked\r\nHOST: b\r\nAuthorization: x\r\nY: 2\r\n\r\n"
            )
            #expect(answer.text == "body X-Sum,Y")
            #expect(!answer.closes)
        }
    }

    @Test("a compressed content is passed on as it is, counted by its own length (H27)")
    func compressed() async throws {
        let bomb: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + Array(repeating: 0, count: 90)
        try await TestServer.run {
            $0.contentByteCount = 100
        } handler: { request in
            HTTPResponse(.ok, body: HTTPBody(try await request.body.collect(upTo: 100)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: "
            try await client.send(Array("\(head)100\r\n\r\n".utf8) + bomb)
            #expect(try await client.response().body == bomb)
            try await client.send("\(head)101\r\n\r\n")
            #expect(try await client.lastResponse().status == 413)
        }
    }
}
