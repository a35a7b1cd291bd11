/// A request's content on its way in: pieces as the handler asks for them; what it doesn't ask for waits in the kernel,
/// and the client with it.
struct IncomingContent: AsyncSequence, Sendable {
    /// Names the request that it belongs to.
    struct Key: Sendable, Hashable {
        let slot: Int
        let exchange: Int
    }

    let server: ServerLoop
    let key: Key

    struct AsyncIterator: AsyncIteratorProtocol {
        let content: IncomingContent

        mutating func next() async throws -> [UInt8]? { try await content.server.nextPiece(content.key) }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(content: self) }

    func body(length: Int?) -> HTTPBody {
        HTTPBody(
            storage: .stream(
                HTTPBody.Stream(pieces: self, length: length, trailers: { await server.trailers(key) })
            )
        )
    }
}
