import Testing

@testable import HTTP

@Suite("answers that lie") struct ResponseRefusalTests {
    static let statusLines: [(String, HTTPRefusal)] = [
        ("HTTP/1.1 200 OK\n", .bareLineFeed),
        ("HTTP/1.1 200\n", .statusInvalid),
        ("HTTP/1.1 200 OK\r", .bareCarriageReturn),
        ("HTTP/1.1 200 O\rK\r\n", .bareCarriageReturn),
        ("HTTP/1.1 200 O\0K\r\n", .statusInvalid),
        ("HTTP/1.1 200 O\u{7F}K\r\n", .statusInvalid),
        ("<html>no status line</html>\r\n", .statusInvalid),
        ("\r\nHTTP/1.1 200 OK\r\n", .statusInvalid),
        (" HTTP/1.1 200 OK\r\n", .statusInvalid),
        ("http/1.1 200 OK\r\n", .statusInvalid),
        ("ICY 200 OK\r\n", .statusInvalid),
        ("HTTP 200 OK\r\n", .statusInvalid),
        ("HTTP/2.0 200 OK\r\n", .versionUnsupported),
        ("HTTP/2 200 OK\r\n", .versionUnsupported),
        ("HTTP/0.9 200 OK\r\n", .versionUnsupported),
        ("HTTP/1.2 200 OK\r\n", .versionInvalid),
        ("HTTP/1.x 200 OK\r\n", .versionInvalid),
        ("HTTP/1.10 200 OK\r\n", .statusInvalid),
        ("HTTP/1.1  200 OK\r\n", .statusInvalid),
        ("HTTP/1.1\t200 OK\r\n", .statusInvalid),
        ("HTTP/1.1200 OK\r\n", .statusInvalid),
        ("HTTP/1.1 20 OK\r\n", .statusInvalid),
        ("HTTP/1.1 2000 OK\r\n", .statusInvalid),
        ("HTTP/1.1 200OK\r\n", .statusInvalid),
        ("HTTP/1.1 200\tOK\r\n", .statusInvalid),
        ("HTTP/1.1 +20 OK\r\n", .statusInvalid),
        ("HTTP/1.1 2x0 OK\r\n", .statusInvalid),
        ("HTTP/1.1 OK 200\r\n", .statusInvalid),
        ("HTTP/1.1 000 None\r\n", .statusInvalid),
        ("HTTP/1.1 099 Low\r\n", .statusInvalid),
        ("HTTP/1.1 600 High\r\n", .statusInvalid),
        ("HTTP/1.1 999 High\r\n", .statusInvalid),
        ("HTTP/1.1 -10 Minus\r\n", .statusInvalid),
    ]

    @Test("a malformed status line tells its rule (RFC 9112 §4)", arguments: statusLines)
    func refusesStatusLine(line: String, because reason: HTTPRefusal) {
        #expect(ParsedResponse.parse(line + "Content-Length: 0\r\n\r\n").reason == reason)
    }

    static let heads: [(String, HTTPRefusal)] = [
        // Both lengths, several, malformed ones: as in requests (RFC 9112 §6.3).
        ("1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", .lengthBesideEncoding),
        ("1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5", .lengthBesideEncoding),
        ("1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\nContent-Length: 5", .lengthBesideEncoding),
        ("1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5", .lengthRepeated),
        ("1.1 200 OK\r\nContent-Length: 5, 5", .lengthInvalid),
        ("1.1 200 OK\r\nContent-Length: -1", .lengthInvalid),
        ("1.1 200 OK\r\nContent-Length: 9223372036854775808", .lengthInvalid),
        ("1.1 304 Not Modified\r\nContent-Length: x", .lengthInvalid),
        ("1.1 200 OK\r\nTransfer-Encoding: identity", .encodingInvalid),
        ("1.1 200 OK\r\nTransfer-Encoding: gzip", .encodingInvalid),
        ("1.1 200 OK\r\nTransfer-Encoding: chunked, chunked", .encodingInvalid),
        ("1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .encodingInvalid),
        ("1.1 200 OK\r\nTransfer-Encoding: gzip, chunked", .encodingUnknown),
        // No transfer codings in HTTP/1.0 (RFC 9112 §6.1).
        ("1.0 200 OK\r\nTransfer-Encoding: chunked", .encodingInvalid),
        // No lengths where there is no content (RFC 9110 §8.6, RFC 9112 §6.1).
        ("1.1 204 No Content\r\nContent-Length: 5", .contentNotAllowed),
        ("1.1 204 No Content\r\nContent-Length: 0", .contentNotAllowed),
        ("1.1 204 No Content\r\nTransfer-Encoding: chunked", .contentNotAllowed),
        ("1.1 100 Continue\r\nContent-Length: 5", .contentNotAllowed),
        ("1.1 101 Switching Protocols\r\nTransfer-Encoding: chunked", .contentNotAllowed),
        ("1.1 103 Early Hints\r\nContent-Length: 0", .contentNotAllowed),
    ]

    @Test("a contradiction tells its rule, also in an answer to HEAD", arguments: heads)
    func refusesHead(head: String, because reason: HTTPRefusal) {
        #expect(ParsedResponse.parse("HTTP/\(head)\r\n\r\n").reason == reason)
        #expect(ParsedResponse.parse("HTTP/\(head)\r\n\r\n", answersHead: true).reason == reason)
    }

    @Test("the offset is that of the byte at fault")
    func tellsOffset() {
        #expect(ParsedResponse.parse("HTTP/1.1 200 OK\nX").error == HTTPProtocolError(.bareLineFeed, at: 15))
        #expect(
            ParsedResponse.parse("HTTP/1.1 2x0 OK\r\n").error == HTTPProtocolError(.statusInvalid, at: 10)
        )
        #expect(ParsedResponse.parse("<").error == HTTPProtocolError(.statusInvalid, at: 0))
    }
}
