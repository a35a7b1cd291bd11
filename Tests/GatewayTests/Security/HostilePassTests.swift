import HTTP
import HTTPWire
import Testing
import VigieTesting

@Suite("hostile input at the gateway: what passes, and in which form", .timeLimit(.minutes(2)))
struct HostilePassTests {
    /// Sends bytes with a last request behind them, and reads all answers.
    private static func answers(_ bytes: String, _ gateway: TestService) async throws -> [RawResponse] {
        let client = try await RawClient.connect(to: gateway.address)
        try await client.send(bytes + "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        return try await client.answers()
    }

    @Test("H13: the one canonical target is what goes upstream")
    func targets() async throws {
        try await SecurityStage.recording { gateway, upstream in
            for (sent, seen) in TakenInput.targets {
                upstream.forget()
                let answers = try await Self.answers("GET \(sent) HTTP/1.1\r\nHost: a\r\n\r\n", gateway)
                #expect(answers.map(\.status) == [200, 200], "\(sent)")
                #expect(upstream.record.targets == [seen, "/last"], "\(sent)")
            }
        }
    }

    @Test("what is just within the limits is one message upstream, and the next request another")
    func messages() async throws {
        try await SecurityStage.recording { gateway, upstream in
            for message in TakenInput.messages {
                upstream.forget()
                // Which is the server's, and no route's.
                let isForServer = message.hasPrefix("OPTIONS *")
                let answers = try await Self.answers(message, gateway)
                #expect(answers.map(\.status) == [isForServer ? 404 : 200, 200], "\(message.prefix(60))")
                #expect(upstream.record.targets.count == (isForServer ? 1 : 2), "\(message.prefix(60))")
                #expect(upstream.record.targets.last == "/last")
            }
        }
    }

    @Test(
        "H9: the authority of an absolute target wins and is passed on",
        arguments: [
            ("http://b:81/x", "a", "b:81"), ("http://b/x", "b", "b"), ("/x", "a", "a"),
            ("/x", "[::1]:80", "[::1]:80"),
        ]
    )
    func authority(target: String, host: String, seen: String) async throws {
        try await SecurityStage.recording { gateway, upstream in
            _ = try await Self.answers("GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n", gateway)
            let request = try #require(upstream.record.requests.first)
            #expect(request.target == "/x" && request["host"] == seen && request["x-forwarded-host"] == seen)
        }
    }

    @Test("H8: trailers that would frame, route or authenticate are dropped, whoever may read them")
    func trailers() async throws {
        try await SecurityStage.recording { gateway, upstream in
            let trailers = [
                "X-Sum: 1", "Content-Length: 9", "Transfer-Encoding: chunked", "HOST: b", "Authorization: x",
                "X-Auth-Subject: root", "x-auth-roles: admin", "X-API-Key: k", "X-Forwarded-For: 10.9.8.7",
                "X-Forwarded-Proto: https", "Forwarded: for=10.9.8.7", "X-Real-IP: 10.9.8.7", "Via: 1.1 x",
                "X-Request-Id: mine", "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "X-Request-Deadline-Ms: 999999999", "Y: 2",
            ]
            let answers = try await Self.answers(
                "POST /t HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n"
                    + trailers.map { "\($0)\r\n" }.joined() + "\r\n",
                gateway
            )
            #expect(answers.map(\.status) == [200, 200])
            let request = try #require(upstream.record.requests.first)
            #expect(request.content == Array("body".utf8))
            #expect(request.trailers.map(\.name) == ["x-sum", "y"])
        }
    }

    @Test("H24: what Connection names can't take the framing, the authority or the gateway's word away")
    func connectionOptions() async throws {
        try await SecurityStage.recording { gateway, upstream in
            let names =
                "content-length, transfer-encoding, host, authorization, x-auth-subject, x-forwarded-for, "
                + "x-forwarded-proto, x-forwarded-host, via, traceparent, x-request-id, x-request-deadline-ms, x-gone"
            for framing in [
                "Content-Length: 4\r\n\r\nbody", "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
            ] {
                upstream.forget()
                let answers = try await Self.answers(
                    "POST /c HTTP/1.1\r\nHost: a\r\nConnection: \(names)\r\nX-Gone: 1\r\nAuthorization: b\r\n\(framing)",
                    gateway
                )
                #expect(answers.map(\.status) == [200, 200])
                let request = try #require(upstream.record.requests.first)
                #expect(request.content == Array("body".utf8) && request["authorization"] == "b")
                #expect(request["host"] == "a" && request["x-forwarded-for"] == "127.0.0.1")
                #expect(request["x-forwarded-proto"] == "http" && request["x-forwarded-host"] == "a")
                #expect(request["via"] == "1.1 vigie" && request["traceparent"] != nil)
                #expect(request["x-request-id"] != nil && request["x-request-deadline-ms"] != nil)
                #expect(request.values("x-gone").isEmpty && request.values("x-auth-subject").isEmpty)
            }
        }
    }

    @Test("H25: a caller can't give itself more time than its route has")
    func deadline() async throws {
        let document = """
            {"routes": [{"path": "/{rest...}", "service": "echo", "auth": "open", "timeout": "2s"}]}
            """
        try await SecurityStage.recording(document) { gateway, upstream in
            for value in ["999999999", "1500", "99999999999999999999", "-1", "x"] {
                _ = try await gateway.send(.get, "/d", fields: ["x-request-deadline-ms": value])
                let left = try #require(
                    upstream.record.requests.last?["x-request-deadline-ms"].flatMap { Int($0) }
                )
                #expect(left > 0 && left <= (value == "1500" ? 1_500 : 2_000), "\(value): \(left)")
            }
        }
    }

    @Test("H18: a content that was waited for goes up without the expectation")
    func expectation() async throws {
        try await SecurityStage.recording { gateway, upstream in
            let client = try await RawClient.connect(to: gateway.address)
            let head = "POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
            #expect(try await client.exchange(head).status == 100)
            #expect(try await client.exchange("body").status == 200)
            client.close()
            #expect(upstream.record.requests.map(\.content) == [Array("body".utf8)])
        }
    }

    @Test("H20: a thousand requests in one write are answered in order, each passed on once")
    func pipelined() async throws {
        try await SecurityStage.recording { gateway, upstream in
            let requests = (0..<1_000).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            let answers = try await Self.answers(requests, gateway)
            let targets = (0..<1_000).map { "/\($0)" } + ["/last"]
            #expect(answers.map(\.text) == targets)
            #expect(upstream.record.targets == targets)
        }
    }

    @Test("H26, H27: ranges and compressed contents are the service's own to judge, and pass as they are")
    func untouched() async throws {
        try await SecurityStage.recording { gateway, upstream in
            let ranges = "bytes=" + (0..<1_000).map { "\($0)-\($0)" }.joined(separator: ",")
            let bomb: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + Array(repeating: 0, count: 90)
            var request = HTTPRequest(.put, "/z", fields: ["range": ranges, "content-encoding": "gzip"])
            request.body = HTTPBody(bomb)
            #expect(try await gateway.send(request).status == 200)
            let got = try #require(upstream.record.requests.first)
            #expect(got["range"] == ranges && got.content == bomb && got["content-encoding"] == "gzip")
        }
    }
}
