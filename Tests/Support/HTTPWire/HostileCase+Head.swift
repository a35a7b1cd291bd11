import HTTP

extension HostileCase {
    private static func host(_ fields: String, _ reason: HTTPRefusal) -> Self {
        HostileCase("H9", fields, "GET /x HTTP/1.1\r\n\(fields)\r\n\r\n", 400, reason)
    }

    /// H9: who is asked.
    package static let hosts: [HostileCase] =
        [
            HostileCase("H9", "no Host", "GET /x HTTP/1.1\r\n\r\n", 400, .hostMissing),
            host("X: y", .hostMissing),
            HostileCase("H9", "two", "GET /x HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, .hostRepeated),
            HostileCase(
                "H9",
                "two in 1.0",
                "GET /x HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n",
                400,
                .hostRepeated
            ),
        ]
        + [
            "user@a", "a/b", "a b", "a:65536", "a:-1", "a:8x", "", "[::1", "::1", "[]", "a:80:80", "a\\b",
            "a?b", "a#b",
        ]
        .map { host("Host: \($0)", .hostInvalid) }
        + ["http://user@a/", "http:///x", "http://a:65536/", "ftp://a/", "a", "a/b", "http:/a"]
        .map { target("H9", $0, 400, .targetInvalid) }

    /// H10 to H12, H14 and H21: the request line.
    package static let startLines: [HostileCase] =
        [
            "HTTP/1.2", "http/1.1", "HTTP/1.1 ", "HTTP/1.", "HTTP/11", "HTTP/1.10", "HTTP /1.1", "HTTP/x.1",
            "XTTP/1.1", "",
        ]
        .map { line("H10", "GET /x \($0)", 400, .versionInvalid) }
        + ["HTTP/2.0", "HTTP/0.9", "HTTP/3.0"].map { line("H10", "GET /x \($0)", 505, .versionUnsupported) }
        + [
            HostileCase("H10", "HTTP/0.9 without version", "GET /x\r\n\r\n", 400, .targetInvalid),
            HostileCase(
                "H11",
                "preface of HTTP/2",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                505,
                .versionUnsupported
            ),
            target("H12", "/x y", 400, .versionInvalid),
            target("H12", "/x\ty", 400, .targetInvalid),
            target("H12", "/x\u{1}", 400, .targetInvalid),
            target("H12", "/x\u{7f}", 400, .targetInvalid),
            target("H12", "/x#y", 400, .targetInvalid),
            target("H12", "/ä", 400, .targetInvalid),
            target("H12", "/%zz", 400, .targetInvalid),
            target("H12", "/%0", 400, .targetInvalid),
            target("H12", "/%", 400, .targetInvalid),
            target("H12", "/x?%g0", 400, .targetInvalid),
            target("H12", "/%00", 400, .targetInvalid),
            target("H12", "/x?%00", 400, .targetInvalid),
            target("H12", "*", 400, .targetInvalid),
            target("H12", "/" + String(repeating: "x", count: 16 * 1024), 414, .targetTooLong),
            target("H13", "/a\\b", 400, .targetInvalid),
            line("H14", String(repeating: "M", count: 33) + " /x HTTP/1.1", 501, .methodTooLong),
            line("H14", "get /x HTTP/1.1", 400, .methodInvalid),
            line("H14", "Post /x HTTP/1.1", 400, .methodInvalid),
            line("H14", "G(T /x HTTP/1.1", 400, .methodInvalid),
            line("H14", " GET /x HTTP/1.1", 400, .methodInvalid),
            line("H14", "G\u{0}T /x HTTP/1.1", 400, .methodInvalid),
            line("H21", "TRACE /x HTTP/1.1", 405, .methodNotAllowed),
            line("H21", "CONNECT a:443 HTTP/1.1", 405, .methodNotAllowed),
            line("H21", "CONNECT /x HTTP/1.1", 400, .targetInvalid),
            line("H21", "CONNECT a HTTP/1.1", 400, .targetInvalid),
        ]

    /// H15, H17 to H19: sizes, expectations, upgrades.
    package static let sizesAndOffers: [HostileCase] = [
        fields("H15", String(repeating: "X: y\r\n", count: 99) + "Last: 101", .fieldsTooMany, status: 431),
        fields("H15", "X: " + String(repeating: "y", count: 32 * 1024), .fieldsTooLarge, status: 431),
        fields("H15", "X: y\r\n" + manyFields(byteCount: 32 * 1024), .fieldsTooLarge, status: 431),
        fields("H17", "Content-Length: 1048577", .contentTooLarge, status: 413),
        fields("H17", "Content-Length: 9223372036854775807", .contentTooLarge, status: 413),
        fields("H18", "Expect: 100-continue\r\nContent-Length: 1048577", .contentTooLarge, status: 413),
        fields("H18", "Expect: x", .expectationUnknown, status: 417),
        fields("H18", "Expect: 100-continue, x", .expectationUnknown, status: 417),
        fields("H19", "Connection: upgrade\r\nUpgrade: echo\r\nContent-Length: 1", .upgradeWithContent),
        fields(
            "H19",
            "Connection: upgrade\r\nUpgrade: echo\r\nTransfer-Encoding: chunked",
            .upgradeWithContent
        ),
    ]

    private static func manyFields(byteCount: Int) -> String {
        let line = "X: " + String(repeating: "y", count: 995)
        return Array(repeating: line, count: byteCount / 1000 + 1).joined(separator: "\r\n")
    }
}
