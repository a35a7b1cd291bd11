import Testing

@testable import HTTP

@Suite("what of a content is still to come") struct ContentReaderTests {
    private func reader(_ framing: MessageFraming) -> ContentReader {
        ContentReader(framing, limits: HTTPLimits())
    }

    /// The steps that `pieces` give, each piece read until it is used up or the content has ended.
    private func steps(_ reader: inout ContentReader, _ pieces: String...) throws -> [ContentReader.Step] {
        var steps: [ContentReader.Step] = []
        for piece in pieces {
            let bytes = Array(piece.utf8)
            var position = 0
            repeat {
                steps.append(try reader.next(bytes.span, from: &position))
            } while ![.needsMore, .end].contains(steps.last)
        }
        return steps
    }

    @Test("no content has ended before it began")
    func none() throws {
        var reader = reader(.none)
        #expect(reader.isEnded)
        #expect(reader.remaining == 0)
        #expect(try steps(&reader, "GET") == [.end])
    }

    @Test("a length is counted down, and what follows left alone")
    func length() throws {
        var reader = reader(.length(5))
        #expect(reader.remaining == 5)
        #expect(try steps(&reader, "", "ab") == [.needsMore, .data(0..<2), .needsMore])
        #expect(reader.remaining == 3)
        #expect(try steps(&reader, "cdeGET") == [.data(0..<3), .end])
        #expect(reader.isEnded)
    }

    @Test("what is read past the reader counts")
    func takes() throws {
        var reader = reader(.length(5))
        reader.take(4)
        #expect(reader.remaining == 1)
        reader.take(1)
        #expect(reader.isEnded)
        #expect(try steps(&reader, "x") == [.end])
        #expect(!reader.endsWithConnection)
    }

    @Test("chunks end with their trailers")
    func chunked() throws {
        var reader = reader(.chunked)
        #expect(reader.remaining == nil)
        #expect(
            try steps(&reader, "2\r\na", "b\r\n0\r\nX: y\r\n") == [
                .data(3..<4), .needsMore, .data(0..<1), .needsMore,
            ]
        )
        #expect(!reader.isEnded)
        #expect(try steps(&reader, "\r\nGET") == [.end])
        #expect(reader.isEnded)
        #expect(reader.trailers == ["x": "y"])
        #expect(try steps(&reader, "GET") == [.end])
    }

    @Test("a malformed chunk is refused, and again when it is read again")
    func refuses() {
        var reader = reader(.chunked)
        for _ in 0..<2 {
            #expect(throws: HTTPProtocolError(.chunkInvalid, at: 0)) { try steps(&reader, "x") }
            #expect(!reader.isEnded)
        }
    }

    @Test("until the connection ends, all bytes are content")
    func untilClose() throws {
        var reader = reader(.untilClose)
        #expect(reader.endsWithConnection)
        #expect(try steps(&reader, "ab", "c") == [.data(0..<2), .needsMore, .data(0..<1), .needsMore])
        #expect(!reader.isEnded)
        #expect(reader.remaining == nil)
    }
}
