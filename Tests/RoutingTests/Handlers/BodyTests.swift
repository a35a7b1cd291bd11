import Foundation
import HTTP
import Routing
import Testing

/// JSON contents: what is accepted, and what each mistake is answered with.
@Suite("bodies") struct BodyTests {
    struct Line: RequestBody, Validatable {
        let sku: String
        let count: Int

        func validate(_ check: inout Validation) {
            check.require("count", count > 0, "must be positive")
        }
    }

    struct Order: RequestBody, Validatable, Encodable {
        enum Kind: String, Codable, CaseIterable { case gift, plain }
        let title: String
        let kind: Kind
        let at: Date?
        let lines: [Line]

        func validate(_ check: inout Validation) {
            check.require("title", (1...10).contains(title.count), "must have 1 to 10 characters")
            check.nested("lines", lines)
            check.require("", lines.count < 3, "must have at most 2 lines")
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(title)
        }
    }

    static func router() throws -> Router {
        try Router.open {
            Post("/orders") { (_, order: Order) in Created(order, location: "/orders/1") }
            Post("/lists") { (_, orders: [Line]) in "\(orders.count)" }
            Put("/small", .bodyLimit(16)) { (_, line: Line) in NoContent() }
        }
    }

    @Test("a valid body arrives")
    func valid() async throws {
        let json = #"{"title":"a","kind":"gift","at":"2026-01-02T03:04:05Z","lines":[{"sku":"x","count":1}]}"#
        let answer = try await Self.router().send(.post, "/orders", json: json)
        #expect(answer.status == 201)
        #expect(answer.text == "\"a\"")
        #expect(answer.fields[.location] == "/orders/1")
        #expect(answer.fields[.contentType] == "application/json")
        #expect(try await Self.router().send(.post, "/lists", json: "[]").text == "0")
    }

    static let malformed: [(String, Int, [String])] = [
        ("", 400, []), ("{", 400, []), ("{\"a\":1}x", 400, []), ("\u{FEFF}{}", 400, []),
        (#"{"title":"a","title":"b"}"#, 400, []),
        (String(repeating: "[", count: 10_000), 400, []), (#"{"title":"\ud800"}"#, 400, []),
        ("[]", 422, ["#"]), ("null", 422, ["#"]), ("1e400", 422, ["#"]),
        ("{}", 422, ["#/title", "#/kind", "#/lines"]),
        (
            #"{"title":1,"kind":"big","lines":[{"sku":2,"count":"x"},{"sku":"y"}]}"#, 422,
            ["#/title", "#/kind", "#/lines/0/sku", "#/lines/0/count", "#/lines/1/count"]
        ),
        (
            #"{"title":"a","kind":"gift","lines":[{"sku":"x","count":18446744073709551617}]}"#, 422,
            ["#/lines/0/count"]
        ),
        (
            #"{"title":"","kind":"gift","lines":[{"sku":"x","count":0},{"sku":"x","count":1},{"sku":"x","count":-1}]}"#,
            422, ["#/title", "#/lines/0/count", "#/lines/2/count", "#"]
        ),
    ]

    @Test("each mistake is named", arguments: malformed)
    func refused(json: String, status: Int, places: [String]) async throws {
        let answer = try await Self.router().send(.post, "/orders", json: json)
        #expect(answer.status == status)
        #expect(answer.fields[.contentType] == "application/problem+json")
        #expect(try Set(answer.places) == Set(places))
        #expect(try answer.reason != nil)
    }

    @Test(
        "the content type must be JSON",
        arguments: [
            ("application/json", 201), ("application/json; charset=utf-8", 201),
            ("APPLICATION/JSON;charset=\"UTF-8\"", 201),
            ("application/vnd.order+json", 201), ("application/json; charset=latin1", 415),
            ("text/plain", 415),
            ("application/json, text/plain", 415), ("application/json; ;charset=utf-8;", 201),
            ("application/json;x", 415), ("application/jsonx", 415),
            (nil, 415),
            ("multipart/form-data; boundary=x", 415),
        ] as [(String?, Int)]
    )
    func contentType(type: String?, status: Int) async throws {
        var fields = HTTPFields()
        if let type { fields.append(.contentType, type) }
        let body = HTTPBody(#"{"title":"a","kind":"gift","lines":[]}"#)
        let answer = try await Self.router().send(.post, "/orders", fields: fields, body: body)
        #expect(answer.status == status)
        if status == 415 { #expect(answer.fields["accept"] == "application/json") }
    }

    @Test("an encoded content is refused")
    func encoded() async throws {
        let answer = try await Self.router().send(
            .post,
            "/orders",
            json: "{}",
            fields: ["content-encoding": "gzip"]
        )
        #expect(answer.status == 415)
        #expect(answer.fields["accept-encoding"] == "identity")
    }

    @Test("a body over the route's limit is 413, before a byte of it is read", arguments: [16, 17])
    func limit(count: Int) async throws {
        let json = #"{"sku":"","count":1}"#.padding(toLength: count, withPad: " ", startingAt: 0)
        try await Live.run(Self.router()) { server in
            var request = HTTPRequest(.put, "/small", fields: [.contentType: "application/json"])
            request.body = HTTPBody(json)
            let answer = try await server.send(request)
            #expect(answer.status == (count == 16 ? 400 : 413))
        }
    }

    @Test("the default limit is 1 MiB", arguments: [0, 1])
    func defaultLimit(over: Int) async throws {
        let text = #"{"title":""# + String(repeating: "x", count: (1 << 20) - 12 + over) + #""}"#
        try await Live.run(Self.router()) { server in
            var request = HTTPRequest(.post, "/orders", fields: [.contentType: "application/json"])
            request.body = HTTPBody(text)
            let answer = try await server.send(request)
            #expect(answer.status == (over == 0 ? 422 : 413))
        }
    }
}
