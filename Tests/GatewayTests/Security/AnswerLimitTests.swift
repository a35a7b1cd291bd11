import HTTP
import TestSupport
import Testing

@testable import Gateway

@Suite("a route's limit of its answers") struct AnswerLimitTests {
    /// A content that can be interrupted.
    private struct Content: AsyncSequence, InterruptibleContent {
        let interrupted: Events<Bool>
        func interrupt() { interrupted.note(true) }

        struct AsyncIterator: AsyncIteratorProtocol {
            var left = 3
            mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
                left -= 1
                return left < 0 ? nil : [1, 2, 3]
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
    }

    private let interrupted = Events<Bool>()

    private func limited(to limit: Int) throws -> HTTPBody {
        let body = HTTPBody(Content(interrupted: interrupted)) { ["x-sum": "1"] }
        return try AnswerLimit.apply(limit, to: HTTPResponse(.ok, body: body)).body
    }

    @Test("within it a content passes whole, its trailers with it; beyond it reading fails")
    func content() async throws {
        let body = try limited(to: 9)
        #expect(try await body.collect(upTo: 100).count == 9)
        #expect(await body.trailers["x-sum"] == "1")
        let longer = try limited(to: 8)
        await #expect(throws: AnswerTooLarge.self) { try await longer.collect(upTo: 100) }
    }

    @Test("who reads on from another has no more room than was left")
    func readOn() async throws {
        let body = try limited(to: 8)
        var (first, second) = (body.makeAsyncIterator(), body.makeAsyncIterator())
        #expect(try await first.next(isolation: nil)?.count == 3)
        #expect(try await second.next(isolation: nil)?.count == 3)
        await #expect(throws: AnswerTooLarge.self) { try await second.next(isolation: nil) }
    }

    @Test("who gives a content up gives up what is below the limit, so that a drain ends an event stream")
    func interrupts() throws {
        try limited(to: 9).interrupt()
        #expect(interrupted.all == [true])
    }
}
