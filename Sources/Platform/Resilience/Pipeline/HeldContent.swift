import HTTP
import Reactor
import Synchronization

/// The place of a call whose answer's content is still to be read: given back once, at the latest when nobody holds the
/// content any more.
final class PlaceHold: Sendable {
    private let client: ServiceClient
    private let lease: InstanceLease
    private let latency: Duration?
    private let isOver = Atomic(false)

    init(_ client: ServiceClient, _ attempt: EndedAttempt) {
        self.client = client
        lease = attempt.lease
        latency = attempt.latency
    }

    deinit { end(nil) }

    /// The content has ended: with an error, or whole.
    func end(_ error: (any Error)?) {
        guard !isOver.exchange(true, ordering: .relaxed) else { return }
        let now = client.clock()
        client.instances.release(lease, error.flatMap(failure), at: now)
        client.limiter.leave(latency: latency, at: now)
    }

    /// What speaks against the instance: that it cut its answer, not that its reader was slow or went away.
    private func failure(_ error: any Error) -> AttemptOutcome? {
        switch client.transport.kind(of: error) {
        case .reset, .broken: .broken
        case .notConnected, .timedOut, .noRoom, .badRequest, .cancelled: nil
        }
    }
}

/// An answer's content that holds its call's place.
struct HeldContent: AsyncSequence, InterruptibleContent {
    private let base: HTTPBody
    private let hold: PlaceHold

    init(_ base: HTTPBody, _ hold: PlaceHold) {
        self.base = base
        self.hold = hold
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: HTTPBody.AsyncIterator
        fileprivate let hold: PlaceHold

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            do {
                if let piece = try await base.next(isolation: actor) { return piece }
                hold.end(nil)
                return nil
            } catch {
                hold.end(error)
                throw error
            }
        }
    }

    func interrupt() { base.interrupt() }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), hold: hold)
    }

    /// As a content, with the length and the trailers of the one below.
    var body: HTTPBody {
        let base = base
        return HTTPBody(self, length: base.length) { await base.trailers }
    }
}
