import Dispatch
import Synchronization

/// Opens once; tasks and threads wait for it.
package final class Latch: Sendable {
    private struct State {
        var isOpen = false
        var tasks: [CheckedContinuation<Void, Never>] = []
        var threads: [DispatchSemaphore] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Lets all go on who wait, now and later.
    package func open() {
        let (tasks, threads) = state.withLock { state in
            state.isOpen = true
            defer { (state.tasks, state.threads) = ([], []) }
            return (state.tasks, state.threads)
        }
        for task in tasks { task.resume() }
        for thread in threads { thread.signal() }
    }

    /// Waits in a task, until its cancellation at the latest.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.tasks.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
        } onCancel: {
            open()
        }
    }

    /// Waits in a thread, half a minute at most.
    package func waitBlocking() {
        let semaphore = state.withLock { state -> DispatchSemaphore? in
            guard !state.isOpen else { return nil }
            let semaphore = DispatchSemaphore(value: 0)
            state.threads.append(semaphore)
            return semaphore
        }
        _ = semaphore?.wait(timeout: .now() + 30)
    }
}
