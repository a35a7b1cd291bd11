public import HTTP
import Synchronization

extension OpenTunnels {
    /// Whether an answer streams server-sent events that a drain can end: none that are coded (compressed), where a line
    /// can't be put in.
    public static func isEventStream(_ response: HTTPResponse) -> Bool {
        let fields = response.head.fields
        guard response.head.status == .ok, response.body.whole == nil, !fields.contains("content-encoding") else {
            return false
        }
        var found = false
        fields.forEachValue(of: .contentType) { value in
            let name: StaticString = "text/event-stream"
            guard value.count >= 17, value.count == 17 || value[17] == 0x3b || value[17] == 0x20 else { return }
            // Within the literal's bytes; letters differ in one bit from their capitals, and the others here have it set.
            found = (0..<17).allSatisfy { unsafe value[$0] | 0x20 == name.utf8Start[$0] }
        }
        return found
    }

    /// The same events, which a drain ends between two of them, having told the client when to come back (`retry`).
    ///
    /// To be called with a content as it came from the upstream's client: around others, a drain only ends it with the
    /// next piece. What is told of the length holds no more: the answer is sent in chunks.
    public func eventStream(_ content: HTTPBody) -> HTTPBody {
        let stream = EventStream(content, on: loop)
        let listed = ListedStream(stream, in: self)
        return HTTPBody(Events(content: content, listed: listed)) { await content.trailers }
    }
}

/// A stream on the list, as long as somebody holds it and it has not ended.
private final class ListedStream: Sendable {
    let stream: EventStream
    private let tunnels: OpenTunnels
    private let id: UInt64

    init(_ stream: EventStream, in tunnels: OpenTunnels) {
        self.stream = stream
        self.tunnels = tunnels
        id = tunnels.open(stream)
    }

    deinit { end() }

    func end() { tunnels.close(id) }
}

/// The pieces of a stream on the list.
private struct Events: AsyncSequence, Sendable {
    let content: HTTPBody
    let listed: ListedStream

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: HTTPBody.AsyncIterator
        let listed: ListedStream

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            do {
                let piece = try await listed.stream.next { try await base.next(isolation: actor) }
                if piece == nil { listed.end() }
                return piece
            } catch {
                listed.end()
                throw error
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: content.makeAsyncIterator(), listed: listed)
    }
}
