import Foundation
import HTTP
import Routing
import Testing

/// Queries as types.
@Suite("queries") struct QueryTests {
    enum Order: String, Codable, CaseIterable { case up, down }
    struct Page: RequestQuery, Validatable {
        let q: String
        let limit: Int?
        let order: Order?
        let ids: [UUID]
        let isDraft: Bool?
        let since: Date?

        func validate(_ check: inout Validation) {
            check.require("limit", (limit ?? 1) <= 100, "must be at most 100")
        }
    }

    private static func router() throws -> Router {
        try Router.open {
            Get("/search") { (_, page: Page) in
                "\(page.q) \(page.limit ?? -1) \(page.order?.rawValue ?? "-") \(page.ids.count) \(page.isDraft ?? false)"
            }
            Get("/plain") { _ in "plain" }
        }
    }

    @Test(
        "a query arrives",
        arguments: [
            ("q=a", "a -1 - 0 false"), ("q=a+b%26%3D%C3%A9&limit=5", "a b&=é 5 - 0 false"),
            ("q=&order=up&isDraft=true&&", " -1 up 0 true"),
            (
                "ids=00000000-0000-0000-0000-000000000001&q=x&ids=00000000-0000-0000-0000-000000000002",
                "x -1 - 2 false"
            ),
            ("q=a&since=2026-01-02T03:04:05Z", "a -1 - 0 false"), ("%71=a", "a -1 - 0 false"),
        ]
    )
    func valid(query: String, text: String) async throws {
        #expect(try await Self.router().send(.get, "/search?" + query).text == text)
    }

    @Test(
        "each mistake is named",
        arguments: [
            ("", ["q"]), ("q", []), ("limit=x", ["q", "limit"]), ("q=a&limit=1&limit=2", ["limit"]),
            ("q=a&order=sideways&isDraft=1&since=today", ["order", "isDraft", "since"]),
            ("q=a&ids=1", ["ids"]), ("q=a&limt=5&z=", ["limt", "z"]), ("q=%FF", ["q", "q"]),
            ("q=%zz", ["q", "q"]),
            ("q=a&limit=101", ["limit"]), ("q=a&limit=1e1", ["limit"]), ("q=a&limit=", ["limit"]),
        ]
    )
    func refused(query: String, names: [String]) async throws {
        var request = HTTPRequest(.get, "/")
        request.head.targetBytes = Array("/search?\(query)".utf8)
        let answer = try await Answer(Self.router().respond(to: request))
        #expect(answer.status == (names.isEmpty ? 200 : 422))
        if !names.isEmpty { #expect(try answer.places.sorted() == names.sorted()) }
    }

    @Test("the detail says what would be right")
    func detail() async throws {
        let answer = try await Self.router().send(.get, "/search?q=a&order=x&limit=x&lmit=1")
        for words in [
            "one of up, down", "an integer from",
            "is unknown here; known: ids, isDraft, limit, order, q, since",
        ] {
            #expect(answer.text.contains(words))
        }
    }

    @Test("a route that takes no query does not look at it")
    func ignored() async throws {
        #expect(try await Self.router().send(.get, "/plain?utm=1").status == 200)
    }
}
