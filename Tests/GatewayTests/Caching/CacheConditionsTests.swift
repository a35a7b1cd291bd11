import HTTP
import Testing

@testable import Gateway

@Suite("G22: conditional requests") struct CacheConditionsTests {
    private static let stored: HTTPFields = [
        "ETag": "W/\"a,1\"", "Last-Modified": CacheFixture.date(-100), "Date": CacheFixture.date(0),
    ]

    static let rows: [(HTTPFields, Bool)] = [
        ([:], false), (["If-None-Match": "\"a,1\""], true), (["If-None-Match": "W/\"a,1\""], true),
        (["If-None-Match": "\"b\", \"a,1\""], true), (["If-None-Match": "*"], true),
        (["If-None-Match": "\"a\", \"1\""], false), (["If-None-Match": ""], false),
        (["If-None-Match": "\"b\"", "If-Modified-Since": CacheFixture.date(0)], false),
        (["If-Modified-Since": CacheFixture.date(-100)], true),
        (["If-Modified-Since": CacheFixture.date(-101)], false),
        (["If-Modified-Since": "yesterday"], false),
    ]

    @Test("RFC 9110 §13.2.2", arguments: rows)
    func client(request: HTTPFields, has: Bool) {
        #expect(CacheConditions.isNotModified(request, Self.stored, receivedAt: 0) == has)
    }

    @Test("without Last-Modified the date counts")
    func dates() {
        let request: HTTPFields = ["If-Modified-Since": CacheFixture.date(0)]
        #expect(CacheConditions.isNotModified(request, ["Date": CacheFixture.date(0)], receivedAt: 0))
        #expect(!CacheConditions.isNotModified(request, ["Date": CacheFixture.date(1)], receivedAt: 0))
        #expect(!CacheConditions.isNotModified(["If-None-Match": "*"], [:], receivedAt: 0))
    }

    @Test("a 304 changes the fields but those of the content")
    func updates() {
        let updated = CacheConditions.fields(
            ["Content-Type": "a/b", "ETag": "\"1\"", "Cache-Control": "max-age=1", "X": "1", "Y": "1"],
            updatedBy: [
                "Content-Type": "c/d", "ETag": "W/\"1\"", "Cache-Control": "max-age=2", "X": "2", "x": "3",
            ]
        )
        #expect(
            updated == [
                "Content-Type": "a/b", "ETag": "\"1\"", "Y": "1", "Cache-Control": "max-age=2", "X": "2",
                "X": "3",
            ]
        )
        #expect(CacheConditions.confirms(["ETag": "W/\"1\""], ["ETag": "\"1\""]))
        #expect(CacheConditions.confirms([:], ["ETag": "\"1\""]))
        #expect(!CacheConditions.confirms(["ETag": "\"2\""], ["ETag": "\"1\""]))
    }
}
