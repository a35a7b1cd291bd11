import Testing

@testable import HTTP

@Suite("chunked contents that are refused (RFC 9112 §7.1)") struct ChunkRefusalTests {
    static let contents: [(String, HTTPRefusal)] = [
        // Sizes.
        ("\r\n", .chunkInvalid),
        ("\r\nhello", .chunkInvalid),
        (";x\r\n", .chunkInvalid),
        ("0x1\r\na\r\n", .chunkInvalid),
        ("-1\r\n", .chunkInvalid),
        ("+1\r\na\r\n", .chunkInvalid),
        (" 1\r\na\r\n", .chunkInvalid),
        ("1 \r\na\r\n", .chunkInvalid),
        ("1\t\r\na\r\n", .chunkInvalid),
        ("1 ;x\r\na\r\n", .chunkInvalid),
        ("1\u{B}\r\na\r\n", .chunkInvalid),
        ("1_0\r\n", .chunkInvalid),
        ("1h\r\n", .chunkInvalid),
        ("1,\r\na\r\n", .chunkInvalid),
        ("g\r\n", .chunkInvalid),
        ("é\r\n", .chunkInvalid),
        ("1\0\r\na\r\n", .chunkInvalid),
        ("00000000000000001\r\na\r\n", .chunkInvalid),
        ("10000000000000000\r\n", .chunkInvalid),
        ("8000000000000000\r\n", .chunkInvalid),
        ("ffffffffffffffff\r\n", .chunkInvalid),
        ("FFFFFFFFFFFFFFFFF\r\n", .chunkInvalid),
        // Line ends.
        ("1\na\r\n0\r\n\r\n", .bareLineFeed),
        ("1;x\na\r\n", .bareLineFeed),
        ("1\ra\r\n", .bareCarriageReturn),
        ("1\r\r\na\r\n", .bareCarriageReturn),
        ("1;x\ry\r\na\r\n", .bareCarriageReturn),
        ("0\n\n", .bareLineFeed),
        ("0\r\n\n", .bareLineFeed),
        ("0\r\n\rX", .bareCarriageReturn),
        // Extensions.
        ("1;a\0\r\na\r\n", .chunkInvalid),
        ("1;a=\u{7F}\r\na\r\n", .chunkInvalid),
        ("1;a=\"\u{1}\"\r\na\r\n", .chunkInvalid),
        // Data longer or shorter than its size, or without its line end.
        ("5\r\nhello!\r\n0\r\n\r\n", .chunkInvalid),
        ("5\r\nhell\r\n0\r\n\r\n", .chunkInvalid),
        ("5\r\nhello0\r\n\r\n", .chunkInvalid),
        ("5\r\nhello\n0\r\n\r\n", .chunkInvalid),
        ("5\r\nhello\r0\r\n\r\n", .bareCarriageReturn),
        ("1\r\na\r\nz\r\n", .chunkInvalid),
        ("2\r\na\r\n\r\n0\r\n\r\n", .chunkInvalid),
    ]

    @Test("a malformed chunk tells its rule, and is answered with 400", arguments: contents)
    func refuses(content: String, because reason: HTTPRefusal) {
        #expect(DecodedChunks.decode(content).reason == reason)
        #expect(reason.status == 400)
    }

    @Test(
        "a content that only stops is never whole",
        arguments: [
            "", "5", "5\r", "5\r\n", "5\r\nhell", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0",
            "5\r\nhello\r\n0\r\n", "5\r\nhello\r\n0\r\nX: y\r\n", "5\r\nhello\r\n0\r\n\r",
        ]
    )
    func needsEnd(content: String) { #expect(DecodedChunks.decode(content) == .incomplete) }

    @Test("the offset is that of the byte at fault")
    func tellsOffset() {
        #expect(DecodedChunks.decode("1\r\na\r\nx\r\n").error == HTTPProtocolError(.chunkInvalid, at: 6))
        #expect(DecodedChunks.decode("1\na").error == HTTPProtocolError(.bareLineFeed, at: 1))
    }

    @Test("a refusal is final: reading on finds the same")
    func staysRefused() {
        let bytes = Array("1\r\na\r\nx\r\n".utf8)
        var decoder = ChunkedDecoder(limits: HTTPLimits())
        var position = 0
        #expect(throws: Never.self) { try decoder.next(bytes.span, from: &position) }
        for _ in 0..<3 {
            #expect(throws: HTTPProtocolError(.chunkInvalid, at: 6)) {
                try decoder.next(bytes.span, from: &position)
            }
        }
    }
}
