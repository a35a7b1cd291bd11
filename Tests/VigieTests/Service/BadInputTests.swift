import Testing
import Vigie
import VigieTesting

@Suite("bad input", .timeLimit(.minutes(1))) struct BadInputTests {
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let body: [UInt8]
        let status: Int
        let reason: String
        var type: String? = "application/json"
        /// What the problem must name.
        var names: [String] = []

        init(
            _ description: String,
            _ body: String,
            _ status: Int,
            _ reason: String,
            type: String? = "application/json",
            names: [String] = []
        ) {
            self.init(description, Array(body.utf8), status, reason, type: type, names: names)
        }

        init(
            _ description: String,
            _ body: [UInt8],
            _ status: Int,
            _ reason: String,
            type: String? = "application/json",
            names: [String] = []
        ) {
            (self.description, self.body, self.status, self.reason) = (description, body, status, reason)
            (self.type, self.names) = (type, names)
        }
    }

    private static let mark = "marked-content"
    private static let good = #"{"name":"\#(mark)","count":1}"#

    static let cases: [Case] = [
        Case("no content", "", 400, "unexpected_end"),
        Case("cut off", #"{"name":"\#(mark)","count":"#, 400, "unexpected_end"),
        Case("bytes behind the value", good + "{}", 400, "trailing_bytes"),
        Case("no JSON", mark, 400, "unexpected_byte"),
        Case(
            "10 000 arrays in each other",
            String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
            400,
            "too_deep"
        ),
        Case(
            "invalid UTF-8",
            Array(#"{"name":""#.utf8) + [0xff, 0xc0] + Array(#"","count":1}"#.utf8),
            400,
            "invalid_utf8"
        ),
        Case("a lone surrogate", #"{"name":"\ud800","count":1}"#, 400, "lone_surrogate"),
        Case("a key twice", #"{"name":"\#(mark)","name":"b","count":1}"#, 400, "duplicate_key"),
        Case(
            "a huge number",
            #"{"name":"\#(mark)","count":1e400}"#,
            422,
            "invalid_fields",
            names: ["#/count"]
        ),
        Case(
            "a number of 100 000 digits",
            #"{"name":"\#(mark)","count":\#(String(repeating: "9", count: 100_000))}"#,
            422,
            "invalid_fields",
            names: ["#/count"]
        ),
        Case(
            "a number above 32 bits",
            #"{"name":"\#(mark)","count":2147483648}"#,
            422,
            "invalid_fields",
            names: ["#/count"]
        ),
        Case(
            "a fraction for an integer",
            #"{"name":"\#(mark)","count":1.5}"#,
            422,
            "invalid_fields",
            names: ["#/count"]
        ),
        Case(
            "wrong types, all named",
            #"{"name":7,"count":"\#(mark)","tags":["a",1]}"#,
            422,
            "invalid_fields",
            names: ["#/name", "#/count", "#/tags/1"]
        ),
        Case("missing fields, all named", "{}", 422, "invalid_fields", names: ["#/name", "#/count"]),
        Case(
            "null for a field that must be",
            #"{"name":null,"count":1}"#,
            422,
            "invalid_fields",
            names: ["#/name"]
        ),
        Case("another value than an object", "[1]", 422, "invalid_fields"),
        Case("a rule of the type's own", #"{"name":"","count":1}"#, 422, "invalid_fields", names: ["#/name"]),
        Case("another content type", good, 415, "content_type", type: "text/xml"),
        Case("no content type", good, 415, "content_type", type: nil),
        Case("JSON in another charset", good, 415, "content_type", type: "application/json; charset=utf-16"),
        Case(
            "1 MiB and a byte",
            #"{"name":"\#(String(repeating: "x", count: (1 << 20) + 1 - 21))","count":1}"#,
            413,
            "content_too_large"
        ),
    ]

    @Test(
        "each mistake has its status and its problem, and no byte of the content is logged",
        arguments: cases
    )
    func refused(mistake: Case) async throws {
        try await TestService.run(Sample.self) { sample in
            var request = HTTPRequest(.post, "/things", body: HTTPBody(mistake.body))
            if let type = mistake.type { request.head.fields.append(.contentType, type) }
            let answer = try await sample.send(request)
            #expect(answer.status == mistake.status)
            #expect(answer.fields["content-type"] == "application/problem+json")
            let problem = try answer.json
            #expect(problem["reason"]?.string == mistake.reason)
            #expect(problem["status"]?.number?.int64 == Int64(mistake.status))
            var names: [String] = []
            if case .array(let errors)? = problem["errors"] {
                names = errors.compactMap { $0["pointer"]?.string }
            }
            if !mistake.names.isEmpty { #expect(names == mistake.names) }
            #expect(!answer.text.contains(Self.mark))
            #expect(sample.logLines(Self.mark).isEmpty)
            // The service goes on.
            let good = try await sample.post("/things", json: Self.good)
            #expect(good.status == 200)
        }
    }

    @Test("a content of exactly 1 MiB is taken")
    func largest() async throws {
        try await TestService.run(Sample.self) { sample in
            let name = String(repeating: "x", count: (1 << 20) - 21)
            let json = #"{"name":"\#(name)","count":1}"#
            #expect(json.utf8.count == 1 << 20)
            let answer = try await sample.post("/things", json: json)
            #expect(answer.status == 200)
        }
    }
}
