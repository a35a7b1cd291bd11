import HTTP
import Synchronization

/// An answer's content on its way in. When nobody holds it any more before its end, its call is ended.
final class WebContent: AsyncSequence, Sendable {
    /// What reading on gave.
    enum Piece: Sendable {
        case bytes([UInt8])
        case end(trailers: HTTPFields)
    }

    private enum State {
        case open
        case ended(trailers: HTTPFields)
        case failed(WebClientError)
    }

    private let client: WebLoop
    private let call: UInt64
    private let state = Mutex(State.open)

    init(_ client: WebLoop, _ call: UInt64) {
        self.client = client
        self.call = call
    }

    deinit {
        if case .open = state.withLock({ $0 }) { client.abandon(call, .answerOver) }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        let content: WebContent

        mutating func next() async throws -> [UInt8]? { try await content.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(content: self) }

    private func next() async throws(WebClientError) -> [UInt8]? {
        switch state.withLock({ $0 }) {
        case .open: break
        case .ended: return nil
        case .failed(let error): throw error
        }
        do throws(WebClientError) {
            switch try await client.nextPiece(call) {
            case .bytes(let bytes): return bytes
            case .end(let trailers):
                state.withLock { $0 = .ended(trailers: trailers) }
                return nil
            }
        } catch {
            // A second reader's mistake is not the content's end.
            if error != .answerOver { state.withLock { $0 = .failed(error) } }
            throw error
        }
    }

    func body(length: Int?) -> HTTPBody {
        HTTPBody(self, length: length) {
            self.state.withLock { if case .ended(let trailers) = $0 { trailers } else { HTTPFields() } }
        }
    }
}
