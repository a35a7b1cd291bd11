/// A message's content: nothing, bytes, a stream, or parts of files.
///
/// As an `AsyncSequence` it gives pieces of bytes as they come and takes no more from its source than is asked for; a
/// content that came over the network can be read once. ``collect(upTo:)`` gathers it whole, within a limit.
public struct HTTPBody: Sendable {
    enum Storage: Sendable {
        case empty
        case bytes([UInt8])
        // In a box of its own, so that the common forms are one word to copy.
        indirect case stream(Stream)
        case segments([HTTPBodySegment])
    }

    /// Pieces that come one by one.
    struct Stream: Sendable {
        let pieces: any AsyncSequence<[UInt8], any Error> & Sendable
        /// The length in bytes when it is known beforehand.
        let length: Int?
        let trailers: (@Sendable () async -> HTTPFields)?
    }

    let storage: Storage

    /// No content.
    public static let empty = HTTPBody(storage: .empty)

    init(storage: Storage) { self.storage = storage }

    /// Takes bytes.
    public init(_ bytes: [UInt8]) { storage = bytes.isEmpty ? .empty : .bytes(bytes) }

    /// Takes a text's UTF-8.
    public init(_ text: String) { self.init(Array(text.utf8)) }

    /// Takes a stream of pieces.
    ///
    /// - Parameters:
    ///   - pieces: the bytes, asked for one by one as the connection takes them; empty pieces are skipped.
    ///   - length: how many bytes they will be, if that is known: then the message says so, and a stream that gives
    ///     another number cuts the connection. Without it the message is sent in chunks.
    ///   - trailers: asked for once behind the last piece, for fields known only then (sent with chunks only).
    public init<Pieces: AsyncSequence & Sendable>(
        _ pieces: Pieces,
        length: Int? = nil,
        trailers: (@Sendable () async -> HTTPFields)? = nil
    ) where Pieces.Element == [UInt8] {
        storage = .stream(Stream(pieces: AnyPieces(base: pieces), length: length, trailers: trailers))
    }

    /// Takes parts of files and bytes between them, which a server sends without bringing the files into memory.
    public init(_ segments: [HTTPBodySegment]) { storage = .segments(segments) }

    /// The length in bytes; nil when only the end will tell.
    public var length: Int? {
        switch storage {
        case .empty: 0
        case .bytes(let bytes): bytes.count
        case .stream(let stream): stream.length
        case .segments(let segments): segments.reduce(0) { $0 + $1.count }
        }
    }

    /// Whether it comes piece by piece.
    var isStream: Bool { if case .stream = storage { true } else { false } }

    /// All of it, when it is at hand as bytes.
    package var whole: [UInt8]? {
        switch storage {
        case .empty: []
        case .bytes(let bytes): bytes
        case .stream, .segments: nil
        }
    }

    /// Whether all of it is at hand as bytes.
    package var isWhole: Bool {
        switch storage {
        case .empty, .bytes: true
        case .stream, .segments: false
        }
    }

    /// Whether it can be sent a second time.
    package var isRepeatable: Bool {
        switch storage {
        case .empty, .bytes, .segments: true
        case .stream: false
        }
    }

    /// Gathers the whole content.
    ///
    /// - Throws: ``TooLarge`` beyond `limit` bytes, before reading when the length is known; what the source throws.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        if let length, length > limit { throw TooLarge(limit: limit) }
        if case .bytes(let bytes) = storage { return bytes }
        var whole: [UInt8] = []
        if let length { whole.reserveCapacity(length) }
        for try await piece in self {
            guard whole.count + piece.count <= limit else { throw TooLarge(limit: limit) }
            whole.append(contentsOf: piece)
        }
        return whole
    }

    /// Gives up what is still to come over the network: its connection is closed, and a reader that waits for the next
    /// piece gets an error. A content of another kind goes on.
    package func interrupt() {
        guard case .stream(let stream) = storage else { return }
        (stream.pieces as? any InterruptibleContent)?.interrupt()
    }

    /// The trailer fields; whole when all pieces have been read, empty without any.
    public var trailers: HTTPFields {
        get async {
            guard case .stream(let stream) = storage, let trailers = stream.trailers else {
                return HTTPFields()
            }
            return await trailers()
        }
    }

    /// The same content without the trailer fields of which `drops` says so by their names.
    package func droppingTrailers(where drops: @escaping @Sendable (Span<UInt8>) -> Bool) -> HTTPBody {
        // Trailers are sent with chunks only, which have no length beforehand.
        guard case .stream(let stream) = storage, stream.length == nil, let trailers = stream.trailers else {
            return self
        }
        let kept: @Sendable () async -> HTTPFields = {
            var fields = await trailers()
            if !fields.isEmpty { fields.removeAll(where: drops) }
            return fields
        }
        return HTTPBody(storage: .stream(Stream(pieces: stream.pieces, length: nil, trailers: kept)))
    }

    /// The content is larger than the reader takes. A server answers it with 413.
    public struct TooLarge: Error, Sendable, Hashable, CustomStringConvertible {
        /// The limit, in bytes.
        public let limit: Int
        /// Makes the error for a reader's own limit.
        public init(limit: Int) { self.limit = limit }
        /// Names the limit.
        public var description: String { "the content is larger than \(limit) bytes" }
    }
}

extension HTTPBody: AsyncSequence {
    /// Gives the content's pieces.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var source: any AsyncIteratorProtocol<[UInt8], any Error>

        /// The next piece; nil at the end.
        public mutating func next() async throws -> [UInt8]? { try await next(isolation: #isolation) }

        /// The next piece; nil at the end.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            try await source.next(isolation: actor)
        }
    }

    /// Begins to read. What came over the network is read once: a second reader finds the end.
    public func makeAsyncIterator() -> AsyncIterator {
        switch storage {
        case .empty: AsyncIterator(source: SegmentReader([]))
        case .bytes(let bytes): AsyncIterator(source: SegmentReader([.bytes(bytes)]))
        case .stream(let stream): AsyncIterator(source: stream.pieces.makeAsyncIterator())
        case .segments(let segments): AsyncIterator(source: SegmentReader(segments))
        }
    }
}

@available(*, unavailable)
extension HTTPBody.AsyncIterator: Sendable {}

/// Pieces of a content whose reading can be ended from outside.
package protocol InterruptibleContent: Sendable {
    /// Ends the reading, soon: who waits for a piece gets an error.
    func interrupt()
}

/// Gives any sequence's failures one type.
private struct AnyPieces<Base: AsyncSequence & Sendable>: AsyncSequence, InterruptibleContent
where Base.Element == [UInt8] {
    let base: Base

    func interrupt() { (base as? any InterruptibleContent)?.interrupt() }

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: Base.AsyncIterator

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            try await base.next(isolation: actor)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: base.makeAsyncIterator()) }
}
