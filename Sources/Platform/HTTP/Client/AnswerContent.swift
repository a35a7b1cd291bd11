import Synchronization

/// An answer's content on its way in. When nobody holds it any more before its end, its connection is closed.
final class AnswerContent: AsyncSequence, InterruptibleContent {
    /// What reading on gave.
    enum Piece: Sendable {
        case bytes([UInt8])
        case end(trailers: HTTPFields)
    }

    private let client: ClientLoop
    private let key: ClientConnection.Key
    private enum State {
        case open
        case ended(trailers: HTTPFields)
        case failed(HTTPClientError)
    }
    private let state = Mutex(State.open)

    init(_ client: ClientLoop, _ key: ClientConnection.Key) {
        self.client = client
        self.key = key
    }

    deinit {
        if case .open = state.withLock({ $0 }) { client.abandon(key, cancelled: false) }
    }

    /// The connection has ended before the content: who reads on learns why.
    func fail(_ error: HTTPClientError) { state.withLock { if case .open = $0 { $0 = .failed(error) } } }

    func interrupt() { client.abandon(key, cancelled: false) }

    struct AsyncIterator: AsyncIteratorProtocol {
        let content: AnswerContent

        mutating func next() async throws -> [UInt8]? { try await content.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(content: self) }

    private func next() async throws(HTTPClientError) -> [UInt8]? {
        if case .ended = state.withLock({ $0 }) { return nil }
        do throws(HTTPClientError) {
            switch try await client.nextPiece(key) {
            case .bytes(let bytes): return bytes
            case .end(let trailers):
                state.withLock { $0 = .ended(trailers: trailers) }
                return nil
            }
        } catch {
            // A connection that is gone can't say why any more.
            if case .failed(let reason) = state.withLock({ $0 }) { throw reason }
            throw error
        }
    }

    func body(length: Int?) -> HTTPBody {
        let trailers: @Sendable () async -> HTTPFields = {
            self.state.withLock { if case .ended(let trailers) = $0 { trailers } else { HTTPFields() } }
        }
        return HTTPBody(storage: .stream(HTTPBody.Stream(pieces: self, length: length, trailers: trailers)))
    }
}
