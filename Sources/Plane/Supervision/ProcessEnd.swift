import Reactor
import Synchronization

/// How a process ended, for all who wait for it.
final class ProcessEnd: Sendable {
    private struct State {
        var exit: ChildProcess.Exit?
        var waiters: [Int: CheckedContinuation<ChildProcess.Exit?, Never>] = [:]
        var lastWaiter = 0
    }
    private let state = Mutex(State())

    /// Nil while it runs.
    var exit: ChildProcess.Exit? { state.withLock { $0.exit } }

    func finish(_ exit: ChildProcess.Exit) {
        let waiters = state.withLock { state in
            state.exit = exit
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(returning: exit) }
    }

    /// Waits for the end; nil when the task is cancelled before.
    func wait() async -> ChildProcess.Exit? {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isOver, exit) = state.withLock { state in
                    if state.exit == nil, !Task.isCancelled {
                        state.waiters[id] = continuation
                        return (false, nil as ChildProcess.Exit?)
                    }
                    return (true, state.exit)
                }
                if isOver { continuation.resume(returning: exit) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(returning: nil)
        }
    }
}
