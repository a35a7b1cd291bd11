import HTTP
import Testing

@testable import Gateway

@Suite("G22: what a stored answer may be used for") struct CacheReuseTests {
    struct Row: Sendable {
        var response = "max-age=60"
        var request = ""
        let age: Int64
        let reuse: CacheReuse
    }

    static let rows: [Row] = [
        Row(age: 0, reuse: .fresh), Row(age: 59, reuse: .fresh), Row(age: 60, reuse: .revalidate),
        Row(request: "no-cache", age: 0, reuse: .revalidate),
        Row(request: "max-age=0", age: 1, reuse: .revalidate),
        Row(request: "max-age=10", age: 10, reuse: .fresh),
        Row(request: "max-age=10", age: 11, reuse: .revalidate),
        Row(request: "min-fresh=20", age: 40, reuse: .fresh),
        Row(request: "min-fresh=20", age: 41, reuse: .revalidate),
        Row(request: "max-stale", age: 6_000, reuse: .stale),
        Row(request: "max-stale=10", age: 70, reuse: .stale),
        Row(request: "max-stale=10", age: 71, reuse: .revalidate),
        Row(request: "max-stale, max-age=65", age: 70, reuse: .revalidate),
        Row(response: "max-age=60, must-revalidate", request: "max-stale", age: 70, reuse: .revalidate),
        Row(response: "max-age=60, proxy-revalidate", request: "max-stale", age: 70, reuse: .revalidate),
        Row(response: "s-maxage=60", request: "max-stale", age: 70, reuse: .revalidate),
        Row(response: "no-cache, max-age=60", request: "max-stale", age: 0, reuse: .revalidate),
        Row(response: "max-age=60, stale-while-revalidate=10", age: 70, reuse: .staleWhileRevalidating),
        Row(response: "max-age=60, stale-while-revalidate=10", age: 71, reuse: .revalidate),
        Row(response: "max-age=60, stale-while-revalidate=10, must-revalidate", age: 65, reuse: .revalidate),
        Row(
            response: "max-age=60, stale-while-revalidate=10",
            request: "no-cache",
            age: 65,
            reuse: .revalidate
        ),
    ]

    @Test("RFC 9111 §4, §5.2.1 and RFC 5861 §3", arguments: rows)
    func reuse(row: Row) throws {
        let clock = CacheClock()
        let head = HTTPResponseHead(
            .ok,
            fields: ["Cache-Control": row.response, "ETag": "\"1\"", "Date": CacheFixture.date(0)]
        )
        let directives = CacheDirectives(head.fields)
        let age = CacheAge(head.fields, directives, request: clock.now, response: clock.now)
        let stored = try #require(
            StoredResponse(route: "r", head, body: [], directives, age, request: HTTPFields())
        )
        clock.advance(row.age)
        let request =
            row.request.isEmpty ? CacheDirectives() : CacheDirectives(["Cache-Control": row.request])
        #expect(CacheReuse(of: stored, for: request, at: clock.now) == row.reuse, "\(row)")
    }

    @Test(
        "RFC 5861 §4: instead of an error",
        arguments: [(60, true), (70, true), (71, false)] as [(Int64, Bool)]
    )
    func errors(age: Int64, mayReplace: Bool) throws {
        for (control, allows) in [
            ("max-age=60, stale-if-error=10", true), ("max-age=60", false),
            ("max-age=60, stale-if-error=10, must-revalidate", false),
            ("s-maxage=60, stale-if-error=10", false),
        ] {
            let clock = CacheClock()
            let head = HTTPResponseHead(
                .ok,
                fields: ["Cache-Control": control, "Date": CacheFixture.date(0)]
            )
            let directives = CacheDirectives(head.fields)
            let stored = try #require(
                StoredResponse(
                    route: "r",
                    head,
                    body: [],
                    directives,
                    CacheAge(head.fields, directives, request: clock.now, response: clock.now),
                    request: HTTPFields()
                )
            )
            clock.advance(age)
            #expect(stored.mayReplaceError(at: clock.now) == (mayReplace && allows), "\(control)")
        }
    }
}
