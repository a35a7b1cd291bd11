import HTTP
import Routing
import Synchronization
import TestSupport
import Testing

@Suite("contents in ranges") struct RangedContentTests {
    /// Ten bytes in pieces of three.
    private struct Pieces: AsyncSequence, Sendable {
        let range: Range<Int>
        struct AsyncIterator: AsyncIteratorProtocol {
            var rest: ArraySlice<UInt8>
            mutating func next() async throws -> [UInt8]? {
                defer { rest = rest.dropFirst(3) }
                return rest.isEmpty ? nil : Array(rest.prefix(3))
            }
        }
        func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(rest: Array("0123456789".utf8)[range.clamped(to: 0..<10)])
        }
    }

    private static func router(_ length: Int = 10) throws -> Router {
        try Router.open {
            Get("/digits") { _ in
                RangedContent(
                    contentType: "text/plain",
                    length: length,
                    version: "v1",
                    fields: [.cacheControl: "no-cache"]
                ) { Pieces(range: $0) }
            }
        }
    }

    @Test("without conditions it is whole, with what a client needs to ask for parts")
    func whole() async throws {
        let answer = try await Self.router().send(.get, "/digits")
        #expect(answer.status == 200 && answer.text == "0123456789")
        #expect(answer.fields["etag"] == "\"v1\"" && answer.fields["accept-ranges"] == "bytes")
        #expect(answer.fields["content-type"] == "text/plain" && answer.fields["cache-control"] == "no-cache")
    }

    static let ranges: [(String, Int, String, String?)] = [
        ("bytes=0-0", 206, "0", "bytes 0-0/10"), ("bytes=2-6", 206, "23456", "bytes 2-6/10"),
        ("bytes=7-", 206, "789", "bytes 7-9/10"), ("bytes=-4", 206, "6789", "bytes 6-9/10"),
        ("bytes=8-99999999999999999999", 206, "89", "bytes 8-9/10"),
        ("bytes=-99", 206, "0123456789", "bytes 0-9/10"),
        // Several at once, malformed ones and those of another unit get the whole.
        ("bytes=0-1,4-5", 200, "0123456789", nil), ("bytes=5-2", 200, "0123456789", nil),
        ("items=0-1", 200, "0123456789", nil), ("bytes=a-b", 200, "0123456789", nil),
        ("bytes=", 200, "0123456789", nil),
    ]

    @Test("a range is given alone", arguments: ranges)
    func range(field: String, status: Int, text: String, place: String?) async throws {
        let answer = try await Self.router().send(.get, "/digits", fields: ["range": "\(field)"])
        #expect(answer.status == status && answer.text == text && answer.fields["content-range"] == place)
    }

    @Test(
        "a range outside is 416 and says how long it is",
        arguments: ["bytes=10-", "bytes=10-20", "bytes=-0"]
    )
    func outside(field: String) async throws {
        let answer = try await Self.router().send(.get, "/digits", fields: ["range": "\(field)"])
        #expect(answer.status == 416 && answer.fields["content-range"] == "bytes */10")
        #expect(answer.fields["content-type"] == "application/problem+json")
    }

    @Test("a copy that is still right is not sent again; a part of another one is the whole")
    func conditions() async throws {
        let router = try Self.router()
        for tags in ["\"v1\"", "W/\"v1\"", "\"v0\", \"v1\"", "*"] {
            let answer = try await router.send(.get, "/digits", fields: ["if-none-match": "\(tags)"])
            #expect(answer.status == 304 && answer.body.isEmpty && answer.fields["etag"] == "\"v1\"")
        }
        #expect(try await router.send(.get, "/digits", fields: ["if-none-match": "\"v2\", v1"]).status == 200)
        let same: HTTPFields = ["range": "bytes=1-2", "if-range": "\"v1\""]
        #expect(try await router.send(.get, "/digits", fields: same).text == "12")
        for condition in ["\"v2\"", "W/\"v1\"", "Thu, 26 Nov 2026 08:00:00 GMT"] {
            let other: HTTPFields = ["range": "bytes=1-2", "if-range": "\(condition)"]
            #expect(try await router.send(.get, "/digits", fields: other).text == "0123456789")
        }
    }

    @Test("a content that breaks off cuts the connection, and HEAD reads nothing of it")
    func short() async throws {
        try await Live.run(try Self.router(11)) { sender in
            await #expect(throws: HTTPClientError.self) {
                try await sender.send(HTTPRequest(.get, "/digits"))
            }
            let head = try await sender.send(HTTPRequest(.head, "/digits"))
            #expect(head.status == 200 && head.fields["content-length"] == "11")
        }
    }
}
