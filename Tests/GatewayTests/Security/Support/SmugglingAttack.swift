/// Bytes that two parsers might cut into requests in two ways: what one takes for content, another might take for a request
/// to `/smuggled`. By the letter of RFC 9112 none of them asks for that.
struct SmugglingAttack: Sendable {
    let name: String
    let bytes: String
    /// The targets that may be answered, in order; by default `/attack`.
    var targets = ["/attack"]
    /// Whether the first answer has no content, whatever its fields say.
    var isHead = false

    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    /// The end of chunks, and a request behind it.
    private static let endAndMore = "0\r\n\r\n" + smuggled
    private static let long = endAndMore.utf8.count

    private static func post(_ name: String, _ fields: String, _ content: String) -> Self {
        Self(name: name, bytes: "POST /attack HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(content)")
    }

    /// A length that covers all, and a coding that ends early for those who see it.
    private static func coding(_ lines: String) -> Self {
        post("length, and \(lines.debugDescription)", "Content-Length: \(long)\r\n\(lines)", endAndMore)
    }

    /// The same, the coding first.
    private static func codingFirst(_ lines: String) -> Self {
        post("\(lines.debugDescription), and length", "\(lines)\r\nContent-Length: \(long)", endAndMore)
    }

    private static func chunks(_ name: String, _ content: String) -> Self {
        post("chunks: \(name)", "Transfer-Encoding: chunked", content)
    }

    /// Size lines whose size is the request's for one reader, and something else for another.
    private static func size(_ line: String) -> Self {
        chunks("size \(line.debugDescription)", "\(line)\r\n\(endAndMore)\r\n0\r\n\r\n")
    }

    private static let hex = String(long, radix: 16)

    static let all = lengths + codings + contents + starts + answers

    private static let lengths = [
        post("two lengths", "Content-Length: \(long)\r\nContent-Length: 0", endAndMore),
        post("two lengths, other order", "Content-Length: 0\r\nContent-Length: \(long)", endAndMore),
        post("a list of lengths", "Content-Length: \(long), \(long)", endAndMore),
        post("a length with a sign", "Content-Length: +\(long)", endAndMore),
        post("a length in hexadecimal", "Content-Length: 0x\(hex)", endAndMore),
        post("a length with a fraction", "Content-Length: \(long).0", endAndMore),
        post("a length beyond 64 bits", "Content-Length: 18446744073709551616", endAndMore),
        post("a length with zeros in front", "Content-Length: 000\(long)", endAndMore),
        post("a length behind a fold", "Content-Length:\r\n \(long)", endAndMore),
        post("a length behind a bare LF", "X: y\nContent-Length: \(long)", endAndMore),
        post(
            "a length that Connection names",
            "Connection: content-length\r\nContent-Length: \(long)",
            endAndMore
        ),
        Self(
            name: "a length of GET",
            bytes: "GET /attack HTTP/1.1\r\nHost: a\r\nContent-Length: \(long)\r\n\r\n\(endAndMore)"
        ),
        Self(
            name: "a length of HEAD",
            bytes: "HEAD /attack HTTP/1.1\r\nHost: a\r\nContent-Length: \(long)\r\n\r\n\(endAndMore)",
            targets: [""],
            isHead: true
        ),
        post("an expectation", "Expect: 100-continue\r\nContent-Length: \(long)", endAndMore),
        post("another expectation", "Expect: 100-continue, x\r\nContent-Length: \(long)", endAndMore),
        post("an upgrade", "Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: \(long)", endAndMore),
        Self(
            name: "HTTP/1.0 with a length, kept",
            bytes:
                "POST /attack HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nContent-Length: \(long)\r\n\r\n"
                + endAndMore
        ),
    ]

    private static let codings: [Self] =
        [
            "Transfer-Encoding: chunked", "TRANSFER-ENCODING: CHUNKED", "Transfer-Encoding:\tchunked",
            "Transfer-Encoding: chunked ", "Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked",
            " Transfer-Encoding: chunked", "X: y\r\n Transfer-Encoding: chunked",
            "X: y\nTransfer-Encoding: chunked",
            "X: y\rTransfer-Encoding: chunked", "Transfer-Encoding:\r\n chunked",
            "Transfer-Encoding:\n chunked",
            "Transfer-Encoding: \u{b}chunked", "Transfer-Encoding: chunked\u{c}",
            "Transfer-Encoding: \"chunked\"",
            "Transfer-Encoding: 'chunked'", "Transfer-Encoding: xchunked",
            "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: identity, chunked", "Transfer-Encoding: chunked;q=1",
            "Transfer-Encoding: ,chunked",
            "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity",
            "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            "Connection: transfer-encoding\r\nTransfer-Encoding: chunked", "Transfer-Encoding;: chunked",
            "Transfer\u{1}-Encoding: chunked", "Transfer-Encoding: chunked\u{0}",
            "Transfer-Encoding: chun\u{212a}ed",
        ].map(coding)
        + ["Transfer-Encoding: chunked", "Transfer-Encoding: xchunked", "transfer-encoding:chunked"].map(
            codingFirst
        )
        + [
            post(
                "chunks, and a short length",
                "Content-Length: 4\r\nTransfer-Encoding: chunked",
                "\(hex)\r\n\(endAndMore)\r\n0\r\n\r\n"
            ),
            post(
                "chunks that Connection names",
                "Connection: transfer-encoding\r\nTransfer-Encoding: chunked",
                "\(hex)\r\n\(endAndMore)\r\n0\r\n\r\n"
            ),
            Self(
                name: "chunks in HTTP/1.0, and a length",
                bytes:
                    "POST /attack HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n"
                    + "Content-Length: \(long)\r\n\r\n\(endAndMore)"
            ),
        ]

    private static let contents: [Self] =
        [
            "0x\(hex)", "+\(hex)", " \(hex)", "\(hex) ", "\(hex);", "\(hex);a=\"\r", "1000000000000000\(hex)",
            "\(hex)\u{0}", "00000000000000000000\(hex)", "\(hex)g", "-\(hex)", "\(hex);x\n0;",
        ].map(size)
        + [
            chunks("a good one", "\(hex)\r\n\(endAndMore)\r\n0\r\n\r\n"),
            chunks("an extension with a bare LF", "2;\nxx\r\n\(hex)\r\n\(endAndMore)\r\n0\r\n\r\n"),
            chunks("an extension with a bare CR", "2;\rxx\r\n\(hex)\r\n\(endAndMore)\r\n0\r\n\r\n"),
            chunks("no size", "\r\n\(hex)\r\n\(endAndMore)\r\n0\r\n\r\n"),
            chunks("data longer than its size", "2\r\nxxx\r\n\(hex)\r\n\(endAndMore)\r\n0\r\n\r\n"),
            chunks("other bytes for the CRLF behind data", "2\r\nxxyy\(hex)\r\n\(endAndMore)\r\n0\r\n\r\n"),
            chunks("a request for a trailer", "0\r\n\(smuggled)"),
            chunks("a request behind a trailer", "0\r\nX: y\r\n\(smuggled)"),
            chunks("a length for a trailer", "2\r\nxx\r\n0\r\nContent-Length: 5\r\n\r\n"),
        ]

    private static let starts = [
        Self(name: "empty lines in front", bytes: "\r\n\r\nGET /attack HTTP/1.1\r\nHost: a\r\n\r\n"),
        Self(
            name: "an absolute target of another host",
            bytes: "GET http://b/attack HTTP/1.1\r\nHost: a\r\n\r\n"
        ),
        Self(
            name: "line ends escaped in a target",
            bytes: "GET /attack%0d%0aHost:%20a%0d%0a%0d%0aGET%20/smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
            targets: [
                "/attack%0D%0AHost:%20a%0D%0A%0D%0AGET%20/smuggled",
                "/attack%0d%0aHost:%20a%0d%0a%0d%0aGET%20/smuggled",
            ]
        ),
        Self(name: "a bare CR in a target", bytes: "GET /attack\rX HTTP/1.1\r\nHost: a\r\n\r\n"),
        Self(name: "a space in a target", bytes: "GET /attack /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"),
        Self(name: "two versions", bytes: "GET /attack HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Self(name: "a method of two words", bytes: "GET GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"),
        Self(name: "NUL in a field", bytes: "GET /attack HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"),
        Self(name: "a head that does not end", bytes: "GET /attack HTTP/1.1\r\nHost: a\r\nX: "),
        Self(name: "a preface of HTTP/2", bytes: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ]

    /// Answers without content, whose lengths mean nothing.
    private static let answers = [
        Self(
            name: "HEAD with a length in the answer",
            bytes: "HEAD /attack HTTP/1.1\r\nHost: a\r\n\r\n",
            targets: [""],
            isHead: true
        ),
        Self(name: "204", bytes: "GET /204 HTTP/1.1\r\nHost: a\r\n\r\n", targets: []),
        Self(name: "304 with a length", bytes: "GET /304 HTTP/1.1\r\nHost: a\r\n\r\n", targets: []),
        Self(
            name: "answer in chunks",
            bytes: "GET /chunks HTTP/1.1\r\nHost: a\r\n\r\n",
            targets: ["/chunks"]
        ),
    ]
}
