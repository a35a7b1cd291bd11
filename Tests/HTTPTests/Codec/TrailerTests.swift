import Testing

@testable import HTTP

@Suite("trailers (RFC 9110 §6.5, RFC 9112 §7.1.2)") struct TrailerTests {
    @Test(
        "fields that frame, route, authenticate or control are dropped, in any case",
        arguments: [
            "Content-Length", "Transfer-Encoding", "Host", "Authorization", "Trailer", "TE", "Connection",
            "Upgrade", "Cookie", "Set-Cookie",
            "Content-Type", "Content-Encoding", "Content-Range", "Cache-Control", "Expect", "Range",
            "If-Match", "If-None-Match", "Max-Forwards",
            "Proxy-Authorization", "WWW-Authenticate", "Location", "Date", "Age", "Expires", "Vary",
            "Keep-Alive", "Proxy-Connection",
        ]
    )
    func drops(name: String) throws {
        for spelled in [name, name.lowercased(), name.uppercased()] {
            let content = "0\r\nX-Sum: 1\r\n\(spelled): 5\r\nServer-Timing: a\r\n\(spelled): 6\r\n\r\n"
            let chunks = try #require(DecodedChunks.decode(content).value)
            #expect(chunks.trailers == ["x-sum": "1", "server-timing": "a"])
            #expect(chunks.end == content.utf8.count)
        }
    }

    @Test("other fields are kept in order")
    func keeps() throws {
        let chunks = try #require(
            DecodedChunks.decode("1\r\na\r\n0\r\nETag: \"x\"\r\nGrpc-Status: 0\r\nETag: \"y\"\r\n\r\n").value
        )
        #expect(chunks.trailers == ["etag": "\"x\"", "grpc-status": "0", "etag": "\"y\""])
        #expect(chunks.trailers[.eTag] == "\"x\"")
    }

    @Test("trailers are at most 32 KiB in all, their empty line included")
    func byteBorder() {
        let limit = 32 * 1024
        func content(_ count: Int) -> String {
            "0\r\nX: " + String(repeating: "x", count: count - 7) + "\r\n\r\n"
        }
        #expect(DecodedChunks.decode(content(limit)).value?.trailers["x"]?.utf8.count == limit - 7)
        #expect(DecodedChunks.decode(content(limit + 1)).reason == .fieldsTooLarge)
        #expect(DecodedChunks.decode(content(limit * 3)).reason == .fieldsTooLarge)
        #expect(HTTPRefusal.fieldsTooLarge.status == 431)
    }

    @Test("trailers that never end are refused at the limit, not kept", arguments: [1, 7, 500, 40_000])
    func neverEnding(step: Int) throws {
        var limits = HTTPLimits()
        limits.headByteCount = 2048
        var decoder = ChunkedDecoder(limits: limits)
        let start = Array("0\r\n".utf8)
        var position = 0
        #expect(try decoder.next(start.span, from: &position) == .needsMore)
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: step)
        var sent = 0
        var reason: HTTPRefusal?
        while reason == nil, sent < 100_000 {
            position = 0
            do throws(HTTPProtocolError) { _ = try decoder.next(piece.span, from: &position) } catch {
                reason = error.reason
            }
            sent += step
        }
        #expect(reason == .fieldsTooLarge)
        #expect(sent - step <= limits.headByteCount)
    }
}
