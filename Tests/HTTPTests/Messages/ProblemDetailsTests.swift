import Foundation
import Testing

@testable import HTTP

@Suite("problem details (RFC 9457)") struct ProblemDetailsTests {
    private func members(_ problem: ProblemDetails) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(problem.json.utf8)) as? [String: Any])
    }

    static let texts = [
        "", "plain", "\"quoted\"", "back\\slash", "\\\"", "line\r\nfeed", "\0", "tab\t",
        String(decoding: 0..<0x20 as Range<UInt8>, as: UTF8.self),
        "\u{7F}\u{80}", "é", "\u{2028}", "😀", "</script>", "e\u{301}",
    ]

    @Test("any text is told as JSON and read back", arguments: texts)
    func quotes(text: String) throws {
        let members = try members(ProblemDetails(.badRequest, detail: text, reason: text))
        #expect((members["detail"] as? String)?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
        #expect((members["reason"] as? String)?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    }

    @Test("type, title and status are always there, the others when they are known (RFC 9457 §3.1)")
    func tellsMembers() throws {
        let least = try members(ProblemDetails(.notFound))
        #expect(Set(least.keys) == ["type", "title", "status", "retryable"])
        #expect(least["type"] as? String == "about:blank")
        #expect(least["title"] as? String == "Not Found")
        #expect(least["status"] as? Int == 404)
        #expect(least["retryable"] as? Bool == false)
        #expect(Set(try members(ProblemDetails(.badGateway)).keys) == ["type", "title", "status"])
        let most = try members(ProblemDetails(503, detail: "d", reason: "r", isRetryable: true))
        #expect(Set(most.keys) == ["type", "title", "status", "detail", "reason", "retryable"])
        #expect(most["retryable"] as? Bool == true)
    }

    @Test("without a word the status tells whether to send the request again, where it can")
    func tellsRetryable() {
        for (status, isRetryable) in [
            (400, false), (401, false), (403, false), (404, false), (408, true), (409, nil), (413, false),
            (422, false), (425, true), (429, true), (500, nil), (501, false), (502, nil), (503, nil),
            (505, false),
        ] as [(UInt16, Bool?)] {
            #expect(
                ProblemDetails(HTTPStatus(integerLiteral: status)).isRetryable == isRetryable,
                "\(status)"
            )
        }
        #expect(ProblemDetails(.notFound, isRetryable: true).isRetryable == true)
    }

    @Test("wrong fields and members of its own are told in their order (RFC 9457 §3, §3.2)")
    func tellsExtensions() {
        var problem = ProblemDetails(
            .unprocessableContent,
            errors: [
                ProblemField(.pointer("/a~1b/0"), detail: "must be \"x\""),
                ProblemField(.pointer(""), detail: "d"),
                ProblemField(.parameter("q"), detail: "d"), ProblemField(.header("accept"), detail: "d"),
            ]
        )
        (problem.type, problem.title) = ("https://example.test/a", "A")
        (problem.instance, problem.traceID) = ("/notes/1", "0af7651916cd43dd8448eb211c80319c")
        problem.extensions = [
            .init("text", .string("\n")), .init("number", .integer(.min)), .init("flag", .boolean(false)),
        ]
        #expect(
            problem.json == #"""
                {"type":"https://example.test/a","title":"A","status":422,"instance":"/notes/1",\#
                "traceId":"0af7651916cd43dd8448eb211c80319c","retryable":false,\#
                "errors":[{"detail":"must be \"x\"","pointer":"#/a~1b/0"},{"detail":"d","pointer":"#"},\#
                {"detail":"d","parameter":"q"},{"detail":"d","header":"accept"}],\#
                "text":"\u000a","number":-9223372036854775808,"flag":false}
                """#
        )
    }

    @Test("its own fields come before those of the answer")
    func carriesFields() {
        let problem = ProblemDetails(.unauthorized, fields: ["www-authenticate": "Bearer"])
        #expect(
            problem.response(fields: [.retryAfter: "5"]).head.fields == [
                "www-authenticate": "Bearer", .retryAfter: "5", .contentType: "application/problem+json",
            ]
        )
    }

    @Test("the answer carries it with its media type")
    func answers() async throws {
        let problem = ProblemDetails(.badGateway, detail: "é")
        let response = problem.response(fields: [.contentType: "text/html", .retryAfter: "5"])
        #expect(response.head.status == .badGateway)
        #expect(response.head.fields == [.retryAfter: "5", .contentType: "application/problem+json"])
        #expect(try await response.body.collect(upTo: 1_000) == Array(problem.json.utf8))
    }

    @Test(
        "a refusal is told by status, reason and offset, with no byte of the message",
        arguments: HTTPRefusal.allCases
    )
    func tellsRefusal(reason: HTTPRefusal) throws {
        let problem = HTTPProtocolError(reason, at: 42).problem
        #expect(problem.status == reason.status)
        #expect(try members(problem)["reason"] as? String == reason.rawValue)
        #expect(problem.detail?.hasSuffix("(at byte 42)") == true)
    }
}
