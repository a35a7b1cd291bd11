import HTTP
import Resilience

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
        response.body = HTTPBody(Limited(base: base, limit: limit), length: base.length) {
            await base.trailers
        }
        return response
    }

    /// A content of at most `limit` bytes.
    private struct Limited: AsyncSequence, InterruptibleContent {
        typealias Element = [UInt8]
        let base: HTTPBody
        let limit: Int

        func interrupt() { base.interrupt() }

        struct AsyncIterator: AsyncIteratorProtocol {
            var base: HTTPBody.AsyncIterator
            var left: Int

            mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
                guard let piece = try await base.next(isolation: actor) else { return nil }
                left -= piece.count
                guard left >= 0 else { throw AnswerTooLarge() }
                return piece
            }
        }

        func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(base: base.makeAsyncIterator(), left: limit)
        }
    }
}

/// An answer is larger than its route allows.
struct AnswerTooLarge: Error, CustomStringConvertible {
    let description = "the answer is larger than its route's answerLimit"
}
