import Synchronization

/// An answer's content on its way in. When nobody holds it any more before its end, its connection is closed.
final class AnswerContent: AsyncSequence, Sendable {
    /// What reading on gave.
    enum Piece: Sendable {
        case bytes([UInt8])
        case end(trailers: HTTPFields)
    }

    private let client: ClientLoop
    private let key: ClientConnection.Key
    private let trailerFields: Mutex<HTTPFields?> = Mutex(nil)

    init(_ client: ClientLoop, _ key: ClientConnection.Key) {
        self.client = client
        self.key = key
    }

    deinit {
        if trailerFields.withLock({ $0 == nil }) { client.abandon(key, cancelled: false) }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        let content: AnswerContent

        mutating func next() async throws -> [UInt8]? { try await content.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(content: self) }

    private func next() async throws(HTTPClientError) -> [UInt8]? {
        guard trailerFields.withLock({ $0 == nil }) else { return nil }
        switch try await client.nextPiece(key) {
        case .bytes(let bytes): return bytes
        case .end(let trailers):
            trailerFields.withLock { $0 = trailers }
            return nil
        }
    }

    func body(length: Int?) -> HTTPBody {
        let trailers: @Sendable () async -> HTTPFields = {
            self.trailerFields.withLock { $0 } ?? HTTPFields()
        }
        return HTTPBody(storage: .stream(HTTPBody.Stream(pieces: self, length: length, trailers: trailers)))
    }
}
