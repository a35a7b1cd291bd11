import Testing

@testable import HTTP

@Suite("requests that are taken (RFC 9112)") struct RequestAcceptanceTests {
    @Test("the example of RFC 9112 §2.1")
    func example() throws {
        let text = """
            GET /hello.txt HTTP/1.1\r
            User-Agent: curl/7.64.1\r
            Host: www.example.com\r
            Accept-Language: en, mi\r
            \r

            """
        let request = try #require(ParsedRequest.parse(text).value)
        #expect(request.head.method == .get)
        #expect(request.head.target == "/hello.txt")
        #expect(request.head.version == .http11)
        #expect(request.head.fields.count == 3)
        #expect(request.head.fields["user-agent"] == "curl/7.64.1")
        #expect(request.head.fields[.host] == "www.example.com")
        #expect(request.head.fields["accept-language"] == "en, mi")
        #expect(request.frame.framing == .none)
        #expect(request.frame.keepsAlive)
        #expect(request.end == text.utf8.count)
    }

    /// Request line, target on the wire, path, query, and the host that counts when it came as `other`.
    static let targets: [(String, String, String, String?, String)] = [
        // RFC 9112 §3.2.1: origin form.
        ("GET /where?q=now", "/where?q=now", "/where", "q=now", "other"),
        ("GET /", "/", "/", nil, "other"),
        ("GET /?", "/?", "/", "", "other"),
        ("GET /a?b?c=/../%41", "/a?b?c=/../%41", "/a", "b?c=/../%41", "other"),
        ("GET /a?[x]={1}|^`", "/a?[x]={1}|^`", "/a", "[x]={1}|^`", "other"),
        // RFC 9112 §3.2.2: absolute form, whose authority wins.
        (
            "GET http://www.example.org/pub/WWW/TheProject.html", "/pub/WWW/TheProject.html",
            "/pub/WWW/TheProject.html", nil, "www.example.org"
        ),
        ("GET http://www.example.org", "/", "/", nil, "www.example.org"),
        ("GET http://www.example.org?a=b", "/?a=b", "/", "a=b", "www.example.org"),
        ("GET HTTP://www.example.org:8080/", "/", "/", nil, "www.example.org:8080"),
        ("GET https://[2001:db8::1]:443/x", "/x", "/x", nil, "[2001:db8::1]:443"),
        ("GET http://a/b/../c?d", "/c?d", "/c", "d", "a"),
        // RFC 9112 §3.2.3: authority form.
        ("CONNECT www.example.com:80", "www.example.com:80", "www.example.com:80", nil, "other"),
        // RFC 9112 §3.2.4: asterisk form, and what it came from.
        ("OPTIONS *", "*", "*", nil, "other"),
        ("OPTIONS http://www.example.org:8001", "*", "*", nil, "www.example.org:8001"),
        ("OPTIONS http://www.example.org:8001/", "/", "/", nil, "www.example.org:8001"),
        ("OPTIONS http://www.example.org:8001?a", "/?a", "/", "a", "www.example.org:8001"),
    ]

    @Test("a target is taken apart", arguments: targets)
    func takesTarget(line: String, target: String, path: String, query: String?, host: String) throws {
        let request = try #require(ParsedRequest.parse("\(line) HTTP/1.1\r\nHost: other\r\n\r\n").value)
        #expect(request.head.target == target)
        #expect(request.head.path == path)
        #expect(request.head.query == query)
        #expect(request.head.fields.values(of: .host).map { String(decoding: $0, as: UTF8.self) } == [host])
    }

    @Test(
        "a method is any token, known or not (RFC 9110 §9.1)",
        arguments: [
            "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "M-SEARCH", "x",
            "brew", "!#$%&'*+-.^_`|~",
        ]
    )
    func takesMethod(name: String) throws {
        let request = try #require(ParsedRequest.parse("\(name) / HTTP/1.1\r\nHost: a\r\n\r\n").value)
        #expect(request.head.method.name == name)
    }

    @Test(
        "a host with an optional port is taken",
        arguments: [
            "a", "a:80", "a:", "a:0", "a:65535", "a:00080", "www.example.com", "127.0.0.1:8080", "[::1]",
            "[::1]:80", "[::]", "[2001:DB8::1]:",
            "a_b", "a%20b", "x-y~z", "!$&'()*+,;=",
        ]
    )
    func takesHost(host: String) throws {
        let request = try #require(ParsedRequest.parse("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").value)
        #expect(request.head.fields[.host] == host)
    }

    @Test(
        "white space around a value is no part of it (RFC 9112 §5.1)",
        arguments: ["X:y", "X: y", "X:\t y \t", "x:   y"]
    )
    func trims(line: String) throws {
        let request = try #require(ParsedRequest.parse("GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n").value)
        #expect(request.head.fields["x"] == "y")
    }

    @Test("values may be empty, hold tabs, colons, and bytes from 0x80 on (RFC 9110 §5.5)")
    func takesValues() throws {
        let text = "GET / HTTP/1.1\r\nHost: a\r\nA:\r\nB:  \r\nC: a\tb\r\nD: a: b\r\nE: é\r\nA: again\r\n\r\n"
        let fields = try #require(ParsedRequest.parse(text).value?.head.fields)
        #expect(
            fields.all.map { String(decoding: $0.value, as: UTF8.self) } == [
                "a", "", "", "a\tb", "a: b", "é", "again",
            ]
        )
        #expect(
            fields.all.map { String(decoding: $0.name, as: UTF8.self) } == [
                "Host", "A", "B", "C", "D", "E", "A",
            ]
        )
    }

    @Test("one empty line before a request is forgiven (RFC 9112 §2.2)")
    func forgivesEmptyLine() throws {
        let text = "\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n"
        let request = try #require(ParsedRequest.parse(text).value)
        #expect(request.head.target == "/x")
        #expect(request.head.fields[.host] == "a")
        #expect(request.end == text.utf8.count)
    }

    @Test("what follows the head is left alone, and the parser reads the next head after a reset")
    func readsNext() throws {
        let texts = [
            "GET /one HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n", "PUT /two HTTP/1.0\r\nContent-Length: 3\r\n\r\n",
        ]
        let bytes = Array((texts[0] + texts[1]).utf8)
        var parser = RequestParser(limits: HTTPLimits())
        #expect(try parser.parse(bytes.span) == texts[0].utf8.count)
        #expect(parser.head.fields["x"] == "1")
        parser.reset()
        #expect(try parser.parse(bytes.span.extracting(texts[0].utf8.count...)) == texts[1].utf8.count)
        #expect(parser.head == ParsedRequest.parse(texts[1]).value?.head)
        #expect(parser.frame.framing == .length(3))
        #expect(!parser.frame.keepsAlive)
    }
}
