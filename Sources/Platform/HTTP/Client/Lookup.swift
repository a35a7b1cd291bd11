import Reactor
import Synchronization

/// One name lookup with a deadline. The system's own call can't be interrupted: it goes on without us.
final class Lookup: Sendable {
    typealias Answer = Result<[SocketAddress], any Error>

    @safe private enum State {
        case new
        case waiting(UnsafeContinuation<Answer?, Never>)
        case ended(Answer?)
    }
    private let state: Mutex<State> = Mutex(.new)

    /// Asks for the addresses of `host`; nil when `deadline` comes first.
    static func run(
        _ host: String,
        _ port: UInt16,
        _ resolver: Resolver,
        on loop: EventLoop,
        _ deadline: MonotonicInstant
    ) async -> Answer? {
        let lookup = Lookup()
        Task(executorPreference: loop) {
            do {
                lookup.end(.success(try await resolver.addresses(of: host, port: port)))
            } catch {
                lookup.end(.failure(error))
            }
        }
        let timer = loop.local.schedule(at: deadline) { lookup.end(nil) }
        defer { loop.local.cancel(timer) }
        return unsafe await withUnsafeContinuation { unsafe lookup.begin($0) }
    }

    private func begin(_ continuation: UnsafeContinuation<Answer?, Never>) {
        let over = state.withLock { state -> State? in
            if case .ended = state { return state }
            state = unsafe .waiting(continuation)
            return nil
        }
        if case .ended(let answer) = over { unsafe continuation.resume(returning: answer) }
    }

    private func end(_ answer: Answer?) {
        let waiting = state.withLock { state -> State? in
            if case .ended = state { return nil }
            let before = state
            state = .ended(answer)
            return before
        }
        if case .waiting(let continuation) = waiting { unsafe continuation.resume(returning: answer) }
    }
}
