import Testing

@testable import HTTP

@Suite("chunked contents that are taken (RFC 9112 §7.1)") struct ChunkedDecoderTests {
    static let contents: [(String, String)] = [
        ("0\r\n\r\n", ""),
        ("000\r\n\r\n", ""),
        ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n", "hello, world"),
        ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("000000000000000A\r\n0123456789\r\n0000\r\n\r\n", "0123456789"),
        // Data is data, whatever it looks like.
        ("7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n\r\n"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
        ("3\r\n\0\u{1}\n\r\n0\r\n\r\n", "\0\u{1}\n"),
        // RFC 9112 §7.1.1: extensions are ignored.
        ("5;x\r\nhello\r\n0;last\r\n\r\n", "hello"),
        ("5;x=y;z=\"a b; c\"\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5; x = y\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5;\r\nhello\r\n0;\r\n\r\n", "hello"),
    ]

    @Test("chunks are put together", arguments: contents)
    func decodes(content: String, data: String) {
        let chunks = DecodedChunks.decode(content).value
        #expect(chunks?.text == data)
        #expect(chunks?.end == content.utf8.count)
        #expect(chunks?.trailers.isEmpty == true)
    }

    @Test("what follows the end is left alone")
    func leavesRest() {
        let content = "5\r\nhello\r\n0\r\nX: y\r\n\r\n"
        let chunks = DecodedChunks.decode(content + "GET / HTTP/1.1\r\n").value
        #expect(chunks?.end == content.utf8.count)
        #expect(chunks?.text == "hello")
    }

    @Test("the end is told again when it is asked for again, at no byte's cost")
    func endsOnce() throws {
        let bytes = Array("0\r\n\r\n0\r\n\r\n".utf8)
        var decoder = ChunkedDecoder(limits: HTTPLimits())
        var position = 0
        for _ in 0..<3 {
            #expect(try decoder.next(bytes.span, from: &position) == .end)
            #expect(position == 5)
        }
    }

    @Test("pieces of a chunk are lent as they come")
    func lendsPieces() throws {
        var decoder = ChunkedDecoder(limits: HTTPLimits())
        func next(_ text: String) throws -> [ChunkedDecoder.Step] {
            let bytes = Array(text.utf8)
            var position = 0
            var steps: [ChunkedDecoder.Step] = []
            repeat {
                steps.append(try decoder.next(bytes.span, from: &position))
            } while steps.last != .needsMore
                && steps.last != .end
            return steps
        }
        #expect(try next("6") == [.needsMore])
        #expect(try next("\r\nab") == [.data(2..<4), .needsMore])
        #expect(try next("cd") == [.data(0..<2), .needsMore])
        #expect(try next("ef") == [.data(0..<2), .needsMore])
        #expect(try next("\r\n0\r\nX: ") == [.needsMore])
        #expect(try next("y\r\n\r\n") == [.end])
        #expect(decoder.trailers["x"] == "y")
    }

    @Test("a size is at most 63 bits, in at most 16 digits")
    func sizeBorder() throws {
        for (line, isTaken) in [
            ("7fffffffffffffff\r\nx", true), ("8000000000000000\r\nx", false),
            ("0000000000000001\r\nx", true),
            ("00000000000000001\r\nx", false), ("0000000000000000\r\n", true),
            ("00000000000000000\r\n", false),
        ] {
            #expect((DecodedChunks.decode(line) == .incomplete) == isTaken, "\(line)")
        }
    }

    @Test("the extensions of one chunk are at most 256 bytes, semicolon included")
    func extensionBorder() {
        func content(_ count: Int) -> String {
            let line = "1;" + String(repeating: "x", count: count - 1) + "\r\na\r\n"
            return line + line + "0\r\n\r\n"
        }
        #expect(DecodedChunks.decode(content(256)).value?.text == "aa")
        #expect(
            DecodedChunks.decode(content(257)).error == HTTPProtocolError(.chunkExtensionTooLong, at: 257)
        )
        #expect(HTTPRefusal.chunkExtensionTooLong.status == 400)
    }
}
