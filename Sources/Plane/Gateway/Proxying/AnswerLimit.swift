import HTTP
import Resilience
import Synchronization

/// Holds a route to the size of its answers.
enum AnswerLimit {
    /// The answer, its content cut with an error when it turns out larger than `limit`.
    ///
    /// - Throws: 502 where it says so beforehand.
    static func apply(_ limit: Int, to response: HTTPResponse) throws(ProblemDetails) -> HTTPResponse {
        guard (response.body.length ?? 0) <= limit else {
            throw .answerTooLarge
        }
        guard !response.body.isWhole else { return response }
        var response = response
        let base = response.body
        response.body = HTTPBody(Limited(base: base, room: Room(limit)), length: base.length) {
            await base.trailers
        }
        return response
    }

    /// A content of at most `limit` bytes.
    private struct Limited: AsyncSequence, InterruptibleContent {
        typealias Element = [UInt8]
        let base: HTTPBody
        let room: Room

        func interrupt() { base.interrupt() }

        struct AsyncIterator: AsyncIteratorProtocol {
            var base: HTTPBody.AsyncIterator
            let room: Room

            mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
                guard let piece = try await base.next(isolation: actor) else { return nil }
                let left = room.left.subtract(piece.count, ordering: .relaxed).newValue
                guard left >= 0 else { throw AnswerTooLarge() }
                return piece
            }
        }

        func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(base: base.makeAsyncIterator(), room: room)
        }
    }

    /// How many bytes may still come, whoever reads on.
    private final class Room: Sendable {
        let left: Atomic<Int>
        init(_ limit: Int) { left = Atomic(limit) }
    }
}

/// An answer is larger than its route allows.
struct AnswerTooLarge: Error, CustomStringConvertible {
    let description = "the answer is larger than its route's answerLimit"
}
