import Testing

@testable import HTTP

@Suite("heads whose fields contradict or mislead (RFC 9112 §6, §3.2)") struct FramingRefusalTests {
    /// Lines behind a good `Host`.
    static let lines: [(String, HTTPRefusal, HTTPStatus)] = [
        // Both lengths, in either order and any case (RFC 9112 §6.1).
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", .lengthBesideEncoding, 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", .lengthBesideEncoding, 400),
        ("transfer-encoding: Chunked\r\nCONTENT-LENGTH: 5", .lengthBesideEncoding, 400),
        ("Content-Length: 0\r\nX: y\r\nTransfer-Encoding: CHUNKED", .lengthBesideEncoding, 400),
        // More than one length, equal or not (RFC 9112 §6.3).
        ("Content-Length: 5\r\nContent-Length: 5", .lengthRepeated, 400),
        ("Content-Length: 5\r\nX: y\r\ncontent-length: 6", .lengthRepeated, 400),
        ("Content-Length: 0\r\nContent-Length: 0", .lengthRepeated, 400),
        ("Content-Length: 5, 5", .lengthInvalid, 400),
        ("Content-Length: 5,6", .lengthInvalid, 400),
        ("Content-Length: 5,", .lengthInvalid, 400),
        ("Content-Length: ,5", .lengthInvalid, 400),
        // What is no plain number (RFC 9110 §8.6).
        ("Content-Length:", .lengthInvalid, 400),
        ("Content-Length: ", .lengthInvalid, 400),
        ("Content-Length: +5", .lengthInvalid, 400),
        ("Content-Length: -1", .lengthInvalid, 400),
        ("Content-Length: -0", .lengthInvalid, 400),
        ("Content-Length: 0x5", .lengthInvalid, 400),
        ("Content-Length: 5 5", .lengthInvalid, 400),
        ("Content-Length:  5", .lengthInvalid, 400),
        ("Content-Length: \t5", .lengthInvalid, 400),
        ("Content-Length: 5.0", .lengthInvalid, 400),
        ("Content-Length: 5e3", .lengthInvalid, 400),
        ("Content-Length: 1_000", .lengthInvalid, 400),
        ("Content-Length: \"5\"", .lengthInvalid, 400),
        ("Content-Length: 5;", .lengthInvalid, 400),
        ("Content-Length: five", .lengthInvalid, 400),
        ("Content-Length: ５", .lengthInvalid, 400),
        ("Content-Length: 5\u{B}", .fieldValueInvalid, 400),
        ("Content-Length: 9223372036854775808", .lengthInvalid, 400),
        ("Content-Length: 9999999999999999999", .lengthInvalid, 400),
        ("Content-Length: 00000000000000000005", .lengthInvalid, 400),
        ("Content-Length: 18446744073709551617", .lengthInvalid, 400),
        // Transfer codings other than `chunked`, once (RFC 9112 §6.1, §7).
        ("Transfer-Encoding: identity", .encodingInvalid, 400),
        ("Transfer-Encoding: gzip", .encodingInvalid, 400),
        ("Transfer-Encoding: xchunked", .encodingInvalid, 400),
        ("Transfer-Encoding: chunkedx", .encodingInvalid, 400),
        ("Transfer-Encoding: chunked, chunked", .encodingInvalid, 400),
        ("Transfer-Encoding: gzip, chunked, chunked", .encodingInvalid, 400),
        ("Transfer-Encoding: chunked, gzip", .encodingInvalid, 400),
        ("Transfer-Encoding: chunked, identity", .encodingInvalid, 400),
        ("Transfer-Encoding: \"chunked\"", .encodingInvalid, 400),
        ("Transfer-Encoding: chunked;q=1", .encodingInvalid, 400),
        ("Transfer-Encoding: gzip;q=1, chunked", .encodingInvalid, 400),
        ("Transfer-Encoding: gzip chunked", .encodingInvalid, 400),
        ("Transfer-Encoding: \u{B}chunked", .fieldValueInvalid, 400),
        ("Transfer-Encoding: chunked\u{B}", .fieldValueInvalid, 400),
        ("Transfer-Encoding: chunked,", .encodingInvalid, 400),
        ("Transfer-Encoding: ,chunked", .encodingInvalid, 400),
        ("Transfer-Encoding: gzip,, chunked", .encodingInvalid, 400),
        ("Transfer-Encoding:", .encodingInvalid, 400),
        ("Transfer-Encoding: ,", .encodingInvalid, 400),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .encodingInvalid, 400),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", .encodingInvalid, 400),
        ("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", .encodingInvalid, 400),
        ("Transfer-Encoding: gzip, chunked", .encodingUnknown, 501),
        ("Transfer-Encoding: gzip,Chunked", .encodingUnknown, 501),
        ("Transfer-Encoding: identity, chunked", .encodingUnknown, 501),
        // Hosts (RFC 9112 §3.2).
        ("Host: a", .hostRepeated, 400),
        ("host: b", .hostRepeated, 400),
        ("HOST:", .hostRepeated, 400),
        // Expectations (RFC 9110 §10.1.1).
        ("Expect: x", .expectationUnknown, 417),
        ("Expect:", .expectationUnknown, 417),
        ("Expect: 100", .expectationUnknown, 417),
        ("Expect: 100-continue, x", .expectationUnknown, 417),
        ("Expect: 200-ok", .expectationUnknown, 417),
        // An upgrade with content (RFC 9110 §7.8).
        ("Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1", .upgradeWithContent, 400),
        ("Connection: upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked", .upgradeWithContent, 400),
        ("Content-Length: 1\r\nUpgrade: x\r\nConnection: keep-alive, Upgrade", .upgradeWithContent, 400),
    ]

    @Test("a contradiction tells its rule and status", arguments: lines)
    func refuses(line: String, because reason: HTTPRefusal, with status: HTTPStatus) {
        #expect(ParsedRequest.parse("POST / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n").reason == reason)
        #expect(reason.status == status)
    }

    static let hosts = [
        "", " ", "a@b", "user:pass@b", "a/", "/", "a/b", "a b", "a\tb", "a, b", "a:65536", "a:100000", "a:-1",
        "a:+1", "a:x",
        "a:8 0", "a:80:80", ":80", "[::1", "::1", "[]", "[:]", "[::1]x", "[::1]:x", "[::1]:65536", "[g::1]",
        "[::1%25eth0]",
        "a#b", "a?b", "a\\b", "http://a", "a%", "a%4", "a%zz", "a%00", "é", "\"a\"", "<a>", "a|b", "{a}",
        "a^b", "`a`", "[v1.a]",
    ]

    @Test("a Host that is no host with an optional port is refused", arguments: hosts)
    func refusesHost(host: String) {
        #expect(ParsedRequest.parse("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").reason == .hostInvalid)
        #expect(HTTPRefusal.hostInvalid.status == 400)
    }

    @Test("HTTP/1.1 needs a Host, also with an absolute target", arguments: ["/", "http://a/"])
    func needsHost(target: String) {
        #expect(ParsedRequest.parse("GET \(target) HTTP/1.1\r\nAccept: */*\r\n\r\n").reason == .hostMissing)
        #expect(HTTPRefusal.hostMissing.status == 400)
    }

    @Test("HTTP/1.0 has no transfer codings (RFC 9112 §6.1)", arguments: ["chunked", "gzip", "identity"])
    func refusesOldEncoding(coding: String) {
        let request = "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: \(coding)\r\n\r\n"
        #expect(ParsedRequest.parse(request).reason == .encodingInvalid)
    }

    @Test("every refusal is told in words and by a name of its own", arguments: HTTPRefusal.allCases)
    func tells(reason: HTTPRefusal) {
        let error = HTTPProtocolError(reason, at: 7)
        #expect(error.description == "\(reason.detail) (at byte 7)")
        #expect(reason.rawValue.allSatisfy { $0.isLowercase || $0 == "_" })
        #expect((400...599).contains(reason.status.code))
    }
}
