import Synchronization

extension EventLoop {
    /// Waits until `deadline` on this loop's timer wheel (millisecond steps).
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: MonotonicInstant) async throws {
        let sleeper = Sleeper()
        await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { continuation in
                unsafe sleeper.begin(continuation)
                execute { [self] in
                    guard sleeper.isWaiting else { return }
                    _ = local.schedule(at: deadline) { sleeper.end() }
                }
            }
        } onCancel: {
            sleeper.end()
        }
        try Task.checkCancellation()
    }

    /// Waits for `duration` on this loop's timer wheel (millisecond steps).
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws { try await sleep(until: .now + duration) }

    /// Waits until something holds, which is asked every 5 ms; at most to `deadline`, and no longer than the task lives.
    public func wait(by deadline: MonotonicInstant, until holds: () -> Bool) async {
        while !holds(), MonotonicInstant.now < deadline {
            guard (try? await sleep(for: .milliseconds(5))) != nil else { return }
        }
    }
}

/// One sleep: ended once, by the timer or by cancellation, whichever comes first.
private final class Sleeper: Sendable {
    @safe private enum State {
        case new
        case waiting(UnsafeContinuation<Void, Never>)
        case ended
    }
    private let state: Mutex<State> = Mutex(.new)

    var isWaiting: Bool {
        state.withLock { if case .waiting = $0 { true } else { false } }
    }

    func begin(_ continuation: UnsafeContinuation<Void, Never>) {
        let isOver = state.withLock { state in
            if case .ended = state { return true }
            unsafe state = .waiting(continuation)
            return false
        }
        if isOver { unsafe continuation.resume() }
    }

    func end() {
        let waiter = unsafe state.withLock { state -> UnsafeContinuation<Void, Never>? in
            defer { state = .ended }
            guard case .waiting(let waiter) = state else { return nil }
            return unsafe waiter
        }
        unsafe waiter?.resume()
    }
}
