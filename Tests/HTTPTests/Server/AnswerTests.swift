import FoundationEssentials
import Glibc
import HTTP
import HTTPWire
import Testing

@Suite("answers", .timeLimit(.minutes(1))) struct AnswerTests {
    @Sendable private static func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        switch request.head.path {
        case "/bytes": HTTPResponse(.ok, fields: ["x-a": "1", "x-a": "2"], body: HTTPBody("12345"))
        case "/empty": HTTPResponse(.ok)
        case "/stream": HTTPResponse(.ok, body: HTTPBody(Pieces(count: 3, of: 5)))
        case "/none": HTTPResponse(.noContent, body: HTTPBody("12345"))
        case "/same": HTTPResponse(.notModified, fields: ["etag": "\"1\"", "content-length": "12345"])
        case "/date": HTTPResponse(.ok, fields: ["date": "Sun, 06 Nov 1994 08:49:37 GMT"])
        case "/framing":
            HTTPResponse(
                .ok,
                fields: [
                    "content-length": "99", "transfer-encoding": "gzip", "connection": "x", "upgrade": "y",
                ],
                body: HTTPBody("12345")
            )
        case "/injection": HTTPResponse(.ok, fields: ["x-a": "b\r\nx-c: d\0"])
        case "/problem":
            throw ProblemDetails(404, detail: "no \"such\"\n", reason: "gone", isRetryable: false)
        case "/away": throw Dependency(isAway: true)
        case "/wrong": throw Dependency(isAway: false)
        default: throw Pieces.Broken()
        }
    }

    /// The error of something that a service depends on.
    private struct Dependency: ProblemConvertible {
        let isAway: Bool
        var problem: ProblemDetails? {
            isAway ? ProblemDetails(503, reason: "away", fields: [.retryAfter: "1"]) : nil
        }
    }

    private func exchange(
        _ method: String,
        _ path: String,
        _ body: @escaping @Sendable (RawResponse, HTTPServer) async throws -> Void
    ) async throws {
        try await TestServer.run(handler: Self.answer) { server in
            let client = try await RawClient.connect(to: server.address)
            let isHead = method == "HEAD"
            let response = try await client.exchange(
                "\(method) \(path) HTTP/1.1\r\nHost: a\r\n\r\n",
                isHead: isHead
            )
            try await body(response, server)
            // Nothing stood behind the answer: the next one follows at once.
            let next = try await client.exchange("GET /bytes HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(next.text == "12345")
        }
    }

    @Test("fields keep their order, and the length is told")
    func bytes() async throws {
        try await exchange("GET", "/bytes") { response, _ in
            #expect(response.status == 200)
            #expect(response.values("x-a") == ["1", "2"])
            #expect(response["content-length"] == "5")
            #expect(response["transfer-encoding"] == nil)
            #expect(response["connection"] == nil)
        }
    }

    @Test(
        "HEAD says what GET would, without content",
        arguments: [("/bytes", "5", nil), ("/empty", "0", nil), ("/stream", nil, "chunked")]
            as [(String, String?, String?)]
    )
    func head(path: String, length: String?, coding: String?) async throws {
        try await exchange("HEAD", path) { response, _ in
            #expect(response.status == 200)
            #expect(response["content-length"] == length)
            #expect(response["transfer-encoding"] == coding)
        }
        try await exchange("GET", path) { response, _ in
            #expect(response["content-length"] == length)
            #expect(response["transfer-encoding"] == coding)
        }
    }

    @Test("204 has neither content nor length (RFC 9110 §8.6)")
    func noContent() async throws {
        try await exchange("GET", "/none") { response, _ in
            #expect(response.status == 204)
            #expect(response["content-length"] == nil)
            #expect(response["transfer-encoding"] == nil)
        }
    }

    @Test("304 has no content and may tell the length")
    func notModified() async throws {
        try await exchange("GET", "/same") { response, _ in
            #expect(response.status == 304)
            #expect(response["etag"] == "\"1\"")
            #expect(response["content-length"] == "12345")
        }
    }

    @Test(
        "Date is the present second in the preferred form (RFC 9110 §5.6.7)",
        arguments: ["/bytes", "/none", "/problem"]
    )
    func date(path: String) async throws {
        let before = time(nil)
        try await exchange("GET", path) { response, _ in
            #expect(response.values("date").count == 1)
            // In these seconds' own C form: nothing else may stand there.
            let possible = (before - 1...time(nil) + 1).map(Self.preferredForm)
            #expect(possible.contains(response["date"]))
        }
    }

    private static func preferredForm(_ seconds: time_t) -> String? {
        var seconds = seconds
        var parts = unsafe tm()
        var text = [CChar](repeating: 0, count: 64)
        unsafe gmtime_r(&seconds, &parts)
        let count = unsafe strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    @Test("a handler's own Date stays the only one")
    func ownDate() async throws {
        try await exchange("GET", "/date") { response, _ in
            #expect(response.values("date") == ["Sun, 06 Nov 1994 08:49:37 GMT"])
        }
    }

    @Test("what frames the message is the server's own")
    func ownFraming() async throws {
        try await exchange("GET", "/framing") { response, _ in
            #expect(response.values("content-length") == ["5"])
            #expect(response["transfer-encoding"] == nil)
            #expect(response["connection"] == nil)
            #expect(response["upgrade"] == nil)
        }
    }

    @Test("no value can end its line")
    func injection() async throws {
        try await exchange("GET", "/injection") { response, _ in
            #expect(response["x-c"] == nil)
            #expect(response["x-a"]?.contains("x-c: d") == true)
        }
    }

    @Test("a problem that a handler throws is its answer", arguments: ["GET", "HEAD"])
    func problem(method: String) async throws {
        try await exchange(method, "/problem") { response, server in
            #expect(response.status == 404)
            #expect(response["content-type"] == "application/problem+json")
            guard method == "GET" else { return }
            let members = try JSONDecoder().decode(Problem.self, from: Data(response.body))
            #expect(
                members == Problem(status: 404, detail: "no \"such\"\n", reason: "gone", retryable: false)
            )
            #expect(await server.counters.handlerFailures == 0)
        }
    }

    private struct Problem: Decodable, Equatable {
        let status: Int
        let detail: String
        let reason: String
        let retryable: Bool
    }

    @Test("any other error is a 500 that tells nothing, and is counted")
    func failure() async throws {
        try await exchange("GET", "/fails") { response, server in
            #expect(response.status == 500)
            #expect(!response.text.contains("Broken"))
            #expect(response.text.contains("\"reason\":\"internal_error\""))
            #expect(!response.closes)
            #expect(await server.counters.handlerFailures == 1)
        }
    }

    @Test("an error with a problem is answered with it; one without is a 500, and is counted")
    func convertible() async throws {
        try await exchange("GET", "/away") { response, server in
            #expect(response.status == 503)
            #expect(response["retry-after"] == "1")
            #expect(response.text.contains("\"reason\":\"away\""))
            #expect(await server.counters.handlerFailures == 0)
        }
        try await exchange("GET", "/wrong") { response, server in
            #expect(response.status == 500)
            #expect(!response.text.contains("Dependency"))
            #expect(await server.counters.handlerFailures == 1)
        }
    }
}
