import HTTP
import HTTPWire
import TestSupport
import Testing

@Suite("connections from one request to the next", .timeLimit(.minutes(1))) struct KeepAliveTests {
    static let rules: [(version: String, field: String, answer: String?)] = [
        ("1.1", "X: y", nil),
        ("1.1", "Connection: keep-alive", nil),
        ("1.1", "Connection: close", "close"),
        ("1.1", "connection: X, CLOSE", "close"),
        ("1.1", "Connection: keep-alive, close", "close"),
        ("1.0", "X: y", "close"),
        ("1.0", "Connection: close", "close"),
        ("1.0", "Connection: Keep-Alive", "keep-alive"),
        ("1.0", "Connection: keep-alive, close", "close"),
    ]

    @Test("version and Connection decide whether it goes on (RFC 9112 §9.3)", arguments: rules)
    func persistence(version: String, field: String, answer: String?) async throws {
        try await TestServer.run { _ in
            HTTPResponse(.ok, body: HTTPBody("x"))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let request = "GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n\r\n"
            let first = try await client.exchange(request)
            #expect(first.version == "HTTP/1.1")
            #expect(first["connection"] == answer)
            if answer == "close" {
                let (bytes, ending) = try await client.rest()
                #expect(bytes.isEmpty)
                #expect(ending == .clean)
            } else {
                #expect(try await client.exchange(request).status == 200)
            }
        }
    }

    @Test("the last request that a connection may carry says so")
    func requestsPerConnection() async throws {
        try await TestServer.run {
            $0.requestsPerConnection = 3
        } handler: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
            try await client.send(String(repeating: request, count: 5))
            #expect(try await !client.response().closes)
            #expect(try await !client.response().closes)
            #expect(try await client.lastResponse().closes)
            #expect(await server.finalCounters().requests == 3)
        }
    }

    // MARK: Pipelines (H20)

    @Test("a thousand requests in one write are answered in order", arguments: [false, true])
    func thousand(withContent: Bool) async throws {
        try await TestServer.run { request in
            let content = try await request.body.collect(upTo: 100)
            return HTTPResponse(.ok, body: HTTPBody(Array(request.head.targetBytes) + content))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let requests = (0..<1000).map { number in
                withContent && number % 3 == 0
                    ? "POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
                    : "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
            }
            try await client.send(requests.joined())
            for number in 0..<1000 {
                let content = withContent && number % 3 == 0 ? "body" : ""
                #expect(try await client.response().text == "/\(number)\(content)")
            }
            #expect(await server.counters.requests == 1000)
        }
    }

    @Test(
        "who asks and asks and reads nothing is stopped, and gets all answers when it reads",
        arguments: [1000, 10_000]
    )
    func unreadPipeline(answerByteCount: Int) async throws {
        let answer = [UInt8](repeating: 120, count: answerByteCount)
        try await TestServer.run { request in
            HTTPResponse(.ok, fields: ["x-target": request.head.target], body: HTTPBody(answer))
        } _: { server in
            let client = try await RawClient.connect(to: server.address, receiveBuffer: 1 << 14)
            let pad = String(repeating: "p", count: 1000)
            let requests = (0..<20_000).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\nX: \(pad)\r\n\r\n" }.joined()
            let sent = try await client.sendUntilStalled(Array(requests.utf8))
            #expect(sent < requests.utf8.count)
            let begun = await server.counters.requests
            #expect(begun < 20_000)
            for number in 0..<Int(begun) {
                let response = try await client.response()
                guard response["x-target"] == "/\(number)", response.body == answer else {
                    Issue.record("answer \(number) is another's")
                    break
                }
            }
            client.reset()
        }
    }

    @Test("an answer that ends the connection is the last, whatever stands behind its request")
    func nothingBehindClose() async throws {
        let handled = Events<String>()
        try await TestServer.run { request in
            handled.note(request.head.target)
            return HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(
                "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    + HostileInputTests.behind
            )
            #expect(try await !client.response().closes)
            #expect(try await client.lastResponse().closes)
            #expect(handled.all == ["/1", "/2"])
        }
    }

    @Test("an answer waits for no request behind it that is not whole")
    func partialBehind() async throws {
        try await TestServer.run { request in
            HTTPResponse(.ok, body: HTTPBody(request.head.target))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTT")
            #expect(try await client.response().text == "/1")
            #expect(try await client.exchange("P/1.1\r\nHost: a\r\n\r\n").text == "/2")
        }
    }

    @Test("requests whose bytes come one by one are answered")
    func byteByByte() async throws {
        try await TestServer.run { request in
            HTTPResponse(.ok, body: HTTPBody(try await request.body.collect(upTo: 100)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let message =
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;e\r\nd\r\n0\r\nT: u\r\n\r\n"
            for _ in 0..<2 {
                for byte in message.utf8 { try await client.send([byte]) }
                #expect(try await client.response().text == "abcd")
            }
        }
    }
}
