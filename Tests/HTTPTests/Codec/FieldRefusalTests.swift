import Testing

@testable import HTTP

@Suite("field lines that are refused (RFC 9112 §5)") struct FieldRefusalTests {
    /// Lines as they come behind a good one, their ends included.
    static let lines: [(String, HTTPRefusal, HTTPStatus)] = [
        // Line ends (RFC 9112 §2.2).
        ("X: y\n", .bareLineFeed, 400),
        ("X: y\rZ: z\r\n", .bareCarriageReturn, 400),
        ("X: y\r\r\n", .bareCarriageReturn, 400),
        ("X: y\r", .bareCarriageReturn, 400),
        ("X\n", .bareLineFeed, 400),
        ("\n", .bareLineFeed, 400),
        ("\rX: y\r\n", .bareCarriageReturn, 400),
        ("X:\n", .bareLineFeed, 400),
        // White space (RFC 9112 §2.2, §5.1, §5.2).
        ("X : y\r\n", .whitespaceBeforeColon, 400),
        ("X\t: y\r\n", .whitespaceBeforeColon, 400),
        ("X y: z\r\n", .whitespaceBeforeColon, 400),
        (" X: y\r\n", .leadingWhitespace, 400),
        ("\tX: y\r\n", .leadingWhitespace, 400),
        ("X: y\r\n folded\r\n", .leadingWhitespace, 400),
        ("X: y\r\n\tfolded\r\n", .leadingWhitespace, 400),
        ("X: y\r\n \r\n", .leadingWhitespace, 400),
        // Names (RFC 9110 §5.1).
        (": y\r\n", .fieldNameInvalid, 400),
        ("X\r\n", .fieldNameInvalid, 400),
        ("X\r: y\r\n", .fieldNameInvalid, 400),
        ("X\0: y\r\n", .fieldNameInvalid, 400),
        ("X\u{1}: y\r\n", .fieldNameInvalid, 400),
        ("X\u{B}: y\r\n", .fieldNameInvalid, 400),
        ("X\u{7F}: y\r\n", .fieldNameInvalid, 400),
        ("X/Y: y\r\n", .fieldNameInvalid, 400),
        ("X@Y: y\r\n", .fieldNameInvalid, 400),
        ("(X): y\r\n", .fieldNameInvalid, 400),
        ("\"X\": y\r\n", .fieldNameInvalid, 400),
        ("X,Y: y\r\n", .fieldNameInvalid, 400),
        ("X;Y: y\r\n", .fieldNameInvalid, 400),
        ("X=Y: y\r\n", .fieldNameInvalid, 400),
        ("{X}: y\r\n", .fieldNameInvalid, 400),
        ("é: y\r\n", .fieldNameInvalid, 400),
        // Values (RFC 9110 §5.5).
        ("X: a\0b\r\n", .fieldValueInvalid, 400),
        ("X: \0\r\n", .fieldValueInvalid, 400),
        ("X: a\u{1}b\r\n", .fieldValueInvalid, 400),
        ("X: a\u{8}b\r\n", .fieldValueInvalid, 400),
        ("X: a\u{B}b\r\n", .fieldValueInvalid, 400),
        ("X: a\u{C}b\r\n", .fieldValueInvalid, 400),
        ("X: a\u{1B}[2J\r\n", .fieldValueInvalid, 400),
        ("X: a\u{7F}\r\n", .fieldValueInvalid, 400),
        ("X: a long value with a delete \u{7F} in it\r\n", .fieldValueInvalid, 400),
    ]

    @Test("in a request", arguments: lines)
    func refusesInRequest(line: String, because reason: HTTPRefusal, with status: HTTPStatus) {
        #expect(ParsedRequest.parse("GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n").reason == reason)
        #expect(reason.status == status)
    }

    @Test("in an answer", arguments: lines)
    func refusesInResponse(line: String, because reason: HTTPRefusal, with _: HTTPStatus) {
        #expect(ParsedResponse.parse("HTTP/1.1 200 OK\r\nServer: a\r\n\(line)\r\n").reason == reason)
    }

    @Test("in trailers", arguments: lines)
    func refusesInTrailers(line: String, because reason: HTTPRefusal, with _: HTTPStatus) {
        #expect(DecodedChunks.decode("0\r\nServer: a\r\n\(line)\r\n").reason == reason)
    }

    @Test(
        "white space before the first field is refused as well (RFC 9112 §2.2)",
        arguments: [" ", "\t", "  \t "]
    )
    func refusesBeforeFirst(blank: String) {
        #expect(ParsedRequest.parse("GET / HTTP/1.1\r\n\(blank)Host: a\r\n\r\n").reason == .leadingWhitespace)
        #expect(
            ParsedRequest.parse("GET / HTTP/1.1\r\n\(blank)\r\nHost: a\r\n\r\n").reason == .leadingWhitespace
        )
    }

    @Test(
        "every byte but those of a token is refused in a name, in any place of it",
        arguments: 0...255 as ClosedRange<UInt8>
    )
    func takesTokensOnly(byte: UInt8) {
        let isToken =
            "!#$%&'*+-.^_`|~".utf8.contains(byte) || ("0"..."9").contains(Unicode.Scalar(byte))
            || ("a"..."z").contains(Unicode.Scalar(byte)) || ("A"..."Z").contains(Unicode.Scalar(byte))
        // A colon ends the name.
        guard byte != UInt8(ascii: ":") else { return }
        for place in [
            [byte] + Array("x".utf8), Array("x".utf8) + [byte], Array("x".utf8) + [byte] + Array("x".utf8),
        ] {
            let request = Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8) + place + Array(": y\r\n\r\n".utf8)
            #expect((ParsedRequest.parse(request).value != nil) == isToken)
        }
    }

    @Test(
        "every byte but visible ones, space and tab is refused in a value",
        arguments: 0...255 as ClosedRange<UInt8>
    )
    func takesValueBytesOnly(byte: UInt8) {
        let isValue = byte == 9 || (byte >= 0x20 && byte != 0x7F)
        for length in [0, 1, 7, 8, 9, 16] {
            let padding = [UInt8](repeating: UInt8(ascii: "y"), count: length)
            let value = padding + [byte] + padding
            let request = Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + value + Array("\r\n\r\n".utf8)
            #expect((ParsedRequest.parse(request).value != nil) == isValue)
        }
    }
}
