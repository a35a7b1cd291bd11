import HTTP
import Testing

@testable import Gateway

@Suite("G22: what a shared cache keeps") struct CacheRulesTests {
    struct Row: Sendable {
        var status: HTTPStatus = .ok
        let response: HTTPFields
        var request = HTTPFields()
        let objection: CacheRules.Objection?
    }

    private static let tag = "\"1\""

    static let rows: [Row] = [
        Row(response: ["Cache-Control": "max-age=60"], objection: nil),
        Row(response: ["Cache-Control": "s-maxage=60"], objection: nil),
        Row(response: ["Expires": CacheFixture.date(60)], objection: nil),
        Row(response: [:], objection: .noLifetime),
        Row(response: ["Cache-Control": "public"], objection: .noLifetime),
        Row(response: ["Last-Modified": CacheFixture.date(-86_400)], objection: .noLifetime),
        Row(response: ["Cache-Control": "no-store, max-age=60"], objection: .noStore),
        Row(
            response: ["Cache-Control": "max-age=60"],
            request: ["Cache-Control": "no-store"],
            objection: .noStore
        ),
        Row(response: ["Cache-Control": "private, max-age=60"], objection: .isPrivate),
        Row(response: ["Cache-Control": "private=\"X\", max-age=60"], objection: .isPrivate),
        Row(response: ["Cache-Control": "max-age=60", "Set-Cookie": "a=b"], objection: .setsCookie),
        Row(response: ["Cache-Control": "max-age=60", "Vary": "*"], objection: .vary),
        Row(response: ["Cache-Control": "max-age=60", "Vary": "Accept, *"], objection: .vary),
        Row(response: ["Cache-Control": "max-age=60", "Vary": "Accept Language"], objection: nil),
        Row(response: ["Cache-Control": "max-age=60", "Vary": "a(b"], objection: .vary),
        Row(response: ["Cache-Control": "max-age=60", "Trailer": "Digest"], objection: .trailers),
        Row(
            response: ["Cache-Control": "max-age=60"],
            request: ["Authorization": "Bearer x"],
            objection: .authorized
        ),
        Row(
            response: ["Cache-Control": "max-age=60"],
            request: ["X-Auth-Subject": "u"],
            objection: .authorized
        ),
        Row(
            response: ["Cache-Control": "public, max-age=60"],
            request: ["Authorization": "x"],
            objection: nil
        ),
        Row(response: ["Cache-Control": "s-maxage=60"], request: ["Authorization": "x"], objection: nil),
        Row(
            response: ["Cache-Control": "must-revalidate, max-age=60"],
            request: ["Authorization": "x"],
            objection: nil
        ),
        Row(
            response: ["Cache-Control": "proxy-revalidate, max-age=60"],
            request: ["Authorization": "x"],
            objection: .authorized
        ),
        Row(response: ["Cache-Control": "max-age=0"], objection: .useless),
        Row(response: ["Cache-Control": "max-age=0", "ETag": tag], objection: nil),
        Row(response: ["Cache-Control": "max-age=5", "Age": "5"], objection: .useless),
        Row(response: ["Cache-Control": "no-cache"], objection: .useless),
        Row(response: ["Cache-Control": "no-cache", "ETag": tag], objection: nil),
        Row(response: ["Cache-Control": "no-cache, max-age=60"], objection: .useless),
    ]

    @Test("RFC 9111 §3", arguments: rows)
    func objections(row: Row) { expect(row) }

    @Test("statuses", arguments: [200, 203, 204, 301, 302, 404, 410, 501] as [Int])
    func kept(code: Int) throws {
        let status = try #require(HTTPStatus(code: code))
        expect(Row(status: status, response: ["Cache-Control": "max-age=60"], objection: nil))
    }

    @Test(
        "statuses of a moment or a part",
        arguments: [101, 103, 206, 304, 400, 401, 403, 416, 429, 500, 502, 503] as [Int]
    )
    func notKept(code: Int) throws {
        let status = try #require(HTTPStatus(code: code))
        expect(Row(status: status, response: ["Cache-Control": "max-age=60"], objection: .status))
    }

    private func expect(_ row: Row) {
        var head = HTTPResponseHead(row.status, fields: row.response)
        head.fields.append(.date, CacheFixture.date(0))
        let directives = CacheDirectives(head.fields)
        let now = CacheClock().now
        let age = CacheAge(head.fields, directives, request: now, response: now)
        let objection = CacheRules.objection(
            to: head,
            directives,
            age,
            request: row.request,
            CacheDirectives(row.request)
        )
        #expect(objection == row.objection, "\(row)")
    }
}
