package import HTTP

/// A message that must be refused, and how.
package struct HostileCase: Sendable, CustomStringConvertible {
    /// The row of the table of hostile input.
    package let row: String
    package let name: String
    package let bytes: [UInt8]
    package let status: Int
    package let reason: HTTPRefusal
    /// Whether the head is in order, so that the handler meets the fault as it reads the content.
    package var isInContent = false

    package var description: String { "\(row) \(name)" }

    /// A whole message.
    package init(_ row: String, _ name: String, _ message: String, _ status: Int, _ reason: HTTPRefusal) {
        self.init(row, name, Array(message.utf8), status, reason)
    }

    package init(_ row: String, _ name: String, _ message: [UInt8], _ status: Int, _ reason: HTTPRefusal) {
        self.row = row
        self.name = name
        bytes = message
        self.status = status
        self.reason = reason
    }

    /// A request line, with an ordinary rest.
    package static func line(_ row: String, _ line: String, _ status: Int, _ reason: HTTPRefusal) -> Self {
        Self(row, shown(line), line + "\r\nHost: a\r\n\r\n", status, reason)
    }

    /// A target, in an ordinary request.
    package static func target(_ row: String, _ target: String, _ status: Int, _ reason: HTTPRefusal) -> Self
    {
        line(row, "GET \(target) HTTP/1.1", status, reason)
    }

    /// Field lines, in an ordinary request.
    package static func fields(
        _ row: String,
        _ lines: String,
        _ reason: HTTPRefusal,
        status: Int = 400
    ) -> Self {
        Self(row, shown(lines), "POST /hostile HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n", status, reason)
    }

    /// Field bytes that are no text.
    package static func fields(_ row: String, _ name: String, _ lines: [UInt8], _ reason: HTTPRefusal) -> Self
    {
        let before = Array("GET /hostile HTTP/1.1\r\nHost: a\r\n".utf8)
        return Self(row, name, before + lines + Array("\r\n\r\n".utf8), 400, reason)
    }

    /// A chunked content.
    package static func chunks(
        _ row: String,
        _ content: String,
        _ reason: HTTPRefusal,
        status: Int = 400
    ) -> Self {
        let head = "POST /hostile HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        var hostile = Self(row, shown(content), head + content, status, reason)
        hostile.isInContent = true
        return hostile
    }

    private static func shown(_ text: String) -> String {
        let line = text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "⏎")
        return line.utf8.count > 60 ? line.prefix(40) + "… \(text.utf8.count) bytes" : line
    }
}

extension HostileCase {
    /// H1: line ends.
    package static let lineEnds: [HostileCase] = [
        HostileCase("H1", "LF ends the start line", "GET /x HTTP/1.1\nHost: a\r\n\r\n", 400, .bareLineFeed),
        HostileCase(
            "H1",
            "LF right behind the method",
            "GET\n/x HTTP/1.1\r\nHost: a\r\n\r\n",
            400,
            .bareLineFeed
        ),
        HostileCase("H1", "LF behind the target", "GET /x\nHost: a\r\n\r\n", 400, .bareLineFeed),
        HostileCase(
            "H1",
            "CR ends the start line",
            "GET /x HTTP/1.1\rHost: a\r\n\r\n",
            400,
            .bareCarriageReturn
        ),
        HostileCase(
            "H1",
            "LF before the request",
            "\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
            400,
            .bareLineFeed
        ),
        HostileCase(
            "H1",
            "CR before the request",
            "\rGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
            400,
            .bareCarriageReturn
        ),
        HostileCase("H1", "LF ends a field", "GET /x HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400, .bareLineFeed),
        HostileCase(
            "H1",
            "CR within a field",
            "GET /x HTTP/1.1\r\nHost: a\rX: y\r\n\r\n",
            400,
            .bareCarriageReturn
        ),
        HostileCase("H1", "LF ends the head", "GET /x HTTP/1.1\r\nHost: a\r\n\n", 400, .bareLineFeed),
        HostileCase("H1", "CR ends the head", "GET /x HTTP/1.1\r\nHost: a\r\n\rX", 400, .bareCarriageReturn),
        chunks("H1", "5\nhello\r\n0\r\n\r\n", .bareLineFeed),
        chunks("H1", "5\rhello\r\n0\r\n\r\n", .bareCarriageReturn),
        chunks("H1", "5\r\nhello\rX0\r\n\r\n", .bareCarriageReturn),
        chunks("H1", "0\r\nX: y\n\r\n", .bareLineFeed),
    ]

    /// H2 and H3: white space and bytes in fields.
    package static let fieldSyntax: [HostileCase] = [
        fields("H2", "X : y", .whitespaceBeforeColon),
        fields("H2", "X\t: y", .whitespaceBeforeColon),
        fields("H2", "Content-Length : 5", .whitespaceBeforeColon),
        fields("H2", "X: y\r\n folded", .leadingWhitespace),
        fields("H2", "X: y\r\n\tfolded", .leadingWhitespace),
        HostileCase(
            "H2",
            "space before the first field",
            "GET /x HTTP/1.1\r\n Host: a\r\n\r\n",
            400,
            .leadingWhitespace
        ),
        HostileCase(
            "H2",
            "tab before the first field",
            "GET /x HTTP/1.1\r\n\tHost: a\r\n\r\n",
            400,
            .leadingWhitespace
        ),
        fields("H3", ": y", .fieldNameInvalid),
        fields("H3", "X", .fieldNameInvalid),
        fields("H3", "X(y): z", .fieldNameInvalid),
        fields("H3", "X@y: z", .fieldNameInvalid),
        fields("H3", "X\"y\": z", .fieldNameInvalid),
        fields("H3", "NUL in a name", Array("X\0y: z".utf8), .fieldNameInvalid),
        fields("H3", "DEL in a name", Array("X\u{7f}: z".utf8), .fieldNameInvalid),
        fields("H3", "bell in a name", Array("X\u{7}: z".utf8), .fieldNameInvalid),
        fields("H3", "byte 0x80 in a name", [0x58, 0x80, 0x3A, 0x79], .fieldNameInvalid),
        fields("H3", "NUL in a value", Array("X: y\0z".utf8), .fieldValueInvalid),
        fields("H3", "DEL in a value", Array("X: y\u{7f}z".utf8), .fieldValueInvalid),
        fields("H3", "escape in a value", Array("X: y\u{1b}[2J".utf8), .fieldValueInvalid),
    ]

    /// H4 to H6: what says where the content ends.
    package static let framing: [HostileCase] =
        [
            fields("H4", "Content-Length: 5\r\nTransfer-Encoding: chunked", .lengthBesideEncoding),
            fields("H4", "Transfer-Encoding: chunked\r\nContent-Length: 5", .lengthBesideEncoding),
            fields("H4", "transfer-ENCODING: Chunked\r\nCONTENT-length: 0", .lengthBesideEncoding),
            fields("H5", "Content-Length: 5\r\nContent-Length: 5", .lengthRepeated),
            fields("H5", "Content-Length: 5\r\nContent-Length: 6", .lengthRepeated),
            HostileCase(
                "H6",
                "an encoding in HTTP/1.0",
                "POST /x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                400,
                .encodingInvalid
            ),
            fields("H6", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .encodingInvalid),
            fields("H6", "Transfer-Encoding: gzip, chunked", .encodingUnknown, status: 501),
            fields("H6", "Transfer-Encoding: x, gzip , CHUNKED", .encodingUnknown, status: 501),
        ]
        + [
            "5, 5", "5,6", "+5", "-1", "0x5", "5 5", " 5", "\t5", "12345678901234567890",
            "9999999999999999999", "", "5;", "5.0",
        ]
        .map { fields("H5", "Content-Length: \($0)", .lengthInvalid) }
        + [
            "identity", "gzip", "xchunked", "chunked, chunked", "chunked, gzip", "\"chunked\"", "chunked;q=1",
            "chunked,",
            ", chunked", "chunked x", "", "gzip, chunked, chunked", "chunked\u{a0}",
        ].map { fields("H6", "Transfer-Encoding: \($0)", .encodingInvalid) }
        + [
            fields("H6", "vertical tab", Array("Transfer-Encoding: \u{b}chunked".utf8), .fieldValueInvalid),
            fields("H6", "form feed", Array("Transfer-Encoding: chunked\u{c}".utf8), .fieldValueInvalid),
        ]

    /// H7 and H8: chunks and trailers.
    package static let chunkSyntax: [HostileCase] =
        [
            "", "0x1", "-1", "+1", "1 ", " 1", "1\t", "g", "10000000000000000", "00000000000000001",
            "ffffffffffffffff",
        ]
        .map { chunks("H7", "\($0)\r\nx\r\n0\r\n\r\n", .chunkInvalid) }
        + [
            chunks("H7", "1\nx\r\n0\r\n\r\n", .bareLineFeed),
            chunks(
                "H7",
                "1;" + String(repeating: "e", count: 256) + "\r\nx\r\n0\r\n\r\n",
                .chunkExtensionTooLong
            ),
            chunks("H7", "1;e=\rf\r\nx\r\n0\r\n\r\n", .bareCarriageReturn),
            chunks("H7", "1;e=\0\r\nx\r\n0\r\n\r\n", .chunkInvalid),
            chunks("H7", "3\r\nlonger\r\n0\r\n\r\n", .chunkInvalid),
            chunks("H7", "9\r\nshorter\r\n0\r\n\r\n", .chunkInvalid),
            chunks("H7", "3\r\nabc0\r\n\r\n", .chunkInvalid),
            chunks("H8", "0\r\n X: y\r\n\r\n", .leadingWhitespace),
            chunks(
                "H8",
                "0\r\nX: " + String(repeating: "t", count: 32 * 1024) + "\r\n\r\n",
                .fieldsTooLarge,
                status: 431
            ),
            chunks(
                "H8",
                "0\r\n" + String(repeating: "X: y\r\n", count: 101) + "\r\n",
                .fieldsTooMany,
                status: 431
            ),
        ]
}
