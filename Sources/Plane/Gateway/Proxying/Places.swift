import HTTP
import Synchronization

/// The places in flight of one request: given back when nobody holds it any more, which is behind the last byte of its
/// answer, or of the protocol that it switches to.
final class Places: Sendable {
    private struct Leases: ~Copyable {
        var first: InFlightLease?
        var second: InFlightLease?
    }

    private let leases = Mutex(Leases())

    /// Keeps one of at most two.
    func hold(_ lease: consuming InFlightLease) {
        var lease = Optional(lease)
        leases.withLock { leases in
            if leases.first == nil { leases.first = lease.take() } else { leases.second = lease.take() }
        }
    }

    /// The answer, whose content, or tunnel, holds the places while it streams.
    func held(by response: HTTPResponse) -> HTTPResponse {
        guard response.body.whole == nil else { return response.keeping(self) }
        var response = response
        let base = response.body
        response.body = HTTPBody(Held(base: base, places: self), length: base.length) { await base.trailers }
        return response
    }

    private struct Held: AsyncSequence, Sendable {
        typealias Element = [UInt8]
        let base: HTTPBody
        let places: Places

        struct AsyncIterator: AsyncIteratorProtocol {
            var base: HTTPBody.AsyncIterator
            let places: Places

            mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
                try await base.next(isolation: actor)
            }
        }

        func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(base: base.makeAsyncIterator(), places: places)
        }
    }
}
