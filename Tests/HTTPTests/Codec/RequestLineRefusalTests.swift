import Testing

@testable import HTTP

@Suite("request lines that are refused (RFC 9112 §3)") struct RequestLineRefusalTests {
    /// The line as it comes, its end included.
    static let lines: [(String, HTTPRefusal, HTTPStatus)] = [
        // Line ends (RFC 9112 §2.2).
        ("GET / HTTP/1.1\n", .bareLineFeed, 400),
        ("GET / HTTP/1.1\r", .bareCarriageReturn, 400),
        ("GET / HTTP/1.1\r\r\n", .bareCarriageReturn, 400),
        ("GET / \nHTTP/1.1\r\n", .bareLineFeed, 400),
        ("GET /\nHost: a\r\n", .bareLineFeed, 400),
        ("GET\n/ HTTP/1.1\r\n", .bareLineFeed, 400),
        ("\nGET / HTTP/1.1\r\n", .bareLineFeed, 400),
        ("\rGET / HTTP/1.1\r\n", .bareCarriageReturn, 400),
        ("\r\n\r\nGET / HTTP/1.1\r\n", .methodInvalid, 400),
        // Other white space between the parts.
        (" GET / HTTP/1.1\r\n", .methodInvalid, 400),
        ("GET\t/ HTTP/1.1\r\n", .methodInvalid, 400),
        ("GET  / HTTP/1.1\r\n", .targetInvalid, 400),
        ("GET /\tHTTP/1.1\r\n", .targetInvalid, 400),
        ("GET /  HTTP/1.1\r\n", .versionInvalid, 400),
        ("GET / HTTP/1.1 \r\n", .versionInvalid, 400),
        ("GET / HTTP/1.1\t\r\n", .versionInvalid, 400),
        // Versions.
        ("GET /\r\n", .targetInvalid, 400),
        ("GET / \r\n", .versionInvalid, 400),
        ("GET / HTTP/1.2\r\n", .versionInvalid, 400),
        ("GET / HTTP/1.9\r\n", .versionInvalid, 400),
        ("GET / HTTP/2.0\r\n", .versionUnsupported, 505),
        ("GET / HTTP/3.0\r\n", .versionUnsupported, 505),
        ("GET / HTTP/0.9\r\n", .versionUnsupported, 505),
        ("PRI * HTTP/2.0\r\n", .versionUnsupported, 505),
        ("GET / http/1.1\r\n", .versionInvalid, 400),
        ("GET / Http/1.1\r\n", .versionInvalid, 400),
        ("GET / HTTP/1.10\r\n", .versionInvalid, 400),
        ("GET / HTTP/11.1\r\n", .versionInvalid, 400),
        ("GET / HTTP/1,1\r\n", .versionInvalid, 400),
        ("GET / HTTP/1.\r\n", .versionInvalid, 400),
        ("GET / HTTP/+1.1\r\n", .versionInvalid, 400),
        ("GET / HTTP-1.1\r\n", .versionInvalid, 400),
        ("GET / HTTPS/1.1\r\n", .versionInvalid, 400),
        ("GET / ICE/1.1\r\n", .versionInvalid, 400),
        ("GET / HTTP/1.1 extra\r\n", .versionInvalid, 400),
        // Methods.
        ("get / HTTP/1.1\r\n", .methodInvalid, 400),
        ("Get / HTTP/1.1\r\n", .methodInvalid, 400),
        ("pOST / HTTP/1.1\r\n", .methodInvalid, 400),
        ("patch / HTTP/1.1\r\n", .methodInvalid, 400),
        ("G@T / HTTP/1.1\r\n", .methodInvalid, 400),
        ("GE\0T / HTTP/1.1\r\n", .methodInvalid, 400),
        ("GÉT / HTTP/1.1\r\n", .methodInvalid, 400),
        ("(GET) / HTTP/1.1\r\n", .methodInvalid, 400),
        ("\u{16}\u{3}\u{1} TLS hello\r\n", .methodInvalid, 400),
        ("AVERYLONGMETHODOFTHIRTYTHREEBYTES / HTTP/1.1\r\n", .methodTooLong, 501),
    ]

    @Test("a malformed line tells its rule and status", arguments: lines)
    func refusesLine(line: String, because reason: HTTPRefusal, with status: HTTPStatus) {
        #expect(ParsedRequest.parse(line + "Host: a\r\n\r\n").reason == reason)
        #expect(reason.status == status)
    }

    static let targets = [
        "", "a", "a/b", "*", "**", "/ /", "/\0", "/\u{1}", "/\u{7F}", "/#", "/a#b", "/?#", "/é", "/\"", "/<",
        "/>", "/\\",
        "/a\\..\\b", "/%", "/%4", "/%zz", "/%4g", "/%g4", "/%%41", "/%00", "/a%00b", "/?%", "/?%zz", "/?%00",
        "/%u0041",
        "?a", "http:/a", "http:", "http:///", "http://", "http://?a", "ftp://a/", "ws://a/", "://a/",
        "http://a@b/",
        "http://a:65536/", "http://a:x/", "http://[::1/", "http://a b/", "http://%zz/", "http://a/%zz",
        "http://a%00/",
        "localhost:80",
    ]

    @Test("a malformed target is refused with 400", arguments: targets)
    func refusesTarget(target: String) {
        let verdict = ParsedRequest.parse("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        // What a space cuts off is no version.
        let reason: HTTPRefusal = target.dropFirst().contains(" ") ? .versionInvalid : .targetInvalid
        #expect(verdict.reason == reason)
        #expect(reason.status == 400)
    }

    @Test("a byte from 0x80 on is refused in a target", arguments: [0x80, 0xA0, 0xC3, 0xFF] as [UInt8])
    func refusesHighByte(byte: UInt8) {
        let request = Array("GET /".utf8) + [byte] + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        #expect(ParsedRequest.parse(request).error == HTTPProtocolError(.targetInvalid, at: 5))
    }

    @Test(
        "CONNECT takes an authority with a port and nothing else",
        arguments: ["/", "*", "a", "a:", ":80", "a:65536", "a:-1", "a:80/", "http://a:80", "u@a:80", "[::1]"]
    )
    func refusesConnect(target: String) {
        #expect(ParsedRequest.parse("CONNECT \(target) HTTP/1.1\r\nHost: a\r\n\r\n").reason == .targetInvalid)
    }

    @Test("only OPTIONS takes an asterisk", arguments: ["GET", "POST", "CONNECT", "OPTION"])
    func refusesAsterisk(method: String) {
        #expect(ParsedRequest.parse("\(method) * HTTP/1.1\r\nHost: a\r\n\r\n").reason == .targetInvalid)
    }

    @Test("the offset is that of the byte at fault, an empty line before it counted")
    func tellsOffset() {
        #expect(ParsedRequest.parse("GET / HTTP/1.1\nHost").error == HTTPProtocolError(.bareLineFeed, at: 14))
        #expect(ParsedRequest.parse("\r\nGET /# HTTP").error == HTTPProtocolError(.targetInvalid, at: 7))
        #expect(ParsedRequest.parse("G(T / HTTP").error == HTTPProtocolError(.methodInvalid, at: 1))
    }
}
