import Testing

@testable import HTTP

@Suite("contents") struct HTTPBodyTests {
    /// Gives pieces and counts how many were asked for.
    private final class Source: AsyncSequence, AsyncIteratorProtocol, @unchecked Sendable {
        // Each test reads its source from one task.
        private(set) var asked = 0
        private let pieces: [[UInt8]]
        private let failure: (any Error)?

        init(_ pieces: [[UInt8]], failure: (any Error)? = nil) {
            self.pieces = pieces
            self.failure = failure
        }

        func makeAsyncIterator() -> Source { self }

        func next() async throws -> [UInt8]? {
            defer { asked += 1 }
            if asked < pieces.count { return pieces[asked] }
            if let failure { throw failure }
            return nil
        }
    }

    private struct Broken: Error, Equatable {}

    @Test("bytes over the limit are refused, at the limit taken")
    func limitsBytes() async throws {
        let body = HTTPBody([1, 2, 3])
        #expect(try await body.collect(upTo: 3) == [1, 2, 3])
        await #expect(throws: HTTPBody.TooLarge(limit: 2)) { try await body.collect(upTo: 2) }
        #expect(try await HTTPBody.empty.collect(upTo: 0) == [])
        #expect(HTTPBody.TooLarge(limit: 2).description == "the content is larger than 2 bytes")
    }

    @Test("an announced length over the limit is refused before anything is read")
    func limitsAnnounced() async {
        let source = Source([[1, 2, 3]])
        await #expect(throws: HTTPBody.TooLarge(limit: 2)) {
            try await HTTPBody(source, length: 3).collect(upTo: 2)
        }
        #expect(source.asked == 0)
    }

    @Test("a stream is read no further than the piece that is over the limit")
    func limitsStream() async throws {
        let pieces = [[1, 2], [], [3, 4], [5], [6]] as [[UInt8]]
        #expect(try await HTTPBody(Source(pieces)).collect(upTo: 6) == [1, 2, 3, 4, 5, 6])
        let source = Source(pieces)
        await #expect(throws: HTTPBody.TooLarge(limit: 4)) { try await HTTPBody(source).collect(upTo: 4) }
        #expect(source.asked == 4)
    }

    @Test("what the source throws comes through")
    func fails() async {
        let body = HTTPBody(Source([[1]], failure: Broken()))
        await #expect(throws: Broken()) { try await body.collect(upTo: 10) }
    }

    @Test("the length is known for bytes, segments, and streams that say so")
    func lengths() {
        #expect(HTTPBody.empty.length == 0)
        #expect(HTTPBody("é").length == 2)
        #expect(HTTPBody([.bytes([1]), .bytes([2, 3])] as [HTTPBodySegment]).length == 3)
        #expect(HTTPBody(Source([])).length == nil)
        #expect(HTTPBody(Source([]), length: 7).length == 7)
    }

    @Test("segments come as pieces, without empty ones")
    func segments() async throws {
        let body = HTTPBody([.bytes([1]), .bytes([]), .bytes([2, 3])] as [HTTPBodySegment])
        var pieces: [[UInt8]] = []
        for try await piece in body { pieces.append(piece) }
        #expect(pieces == [[1], [2, 3]])
    }

    @Test("trailers are those of the stream, none otherwise")
    func trailers() async {
        #expect(await HTTPBody("x").trailers.isEmpty)
        #expect(await HTTPBody(Source([])).trailers.isEmpty)
        #expect(await HTTPBody(Source([]), trailers: { ["x": "1"] }).trailers == ["x": "1"])
    }
}
