import Synchronization

/// Lets one after another, in the order in which they came.
final class Turns: Sendable {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var isTaken = false
        var last = 0
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())

    /// Waits for its turn; ``giveBack()`` must follow.
    ///
    /// - Throws: ``PostgresError`` with code `cancelled` when the task is cancelled before.
    func take() async throws(PostgresError) {
        let number = state.withLock { state -> Int? in
            guard state.isTaken else {
                state.isTaken = true
                return nil
            }
            state.last += 1
            return state.last
        }
        guard let number else { return }
        guard await wait(number) else { throw PostgresError(.cancelled, "the task was cancelled") }
    }

    /// Gives the turn to whoever has waited longest.
    func giveBack() {
        let next = state.withLock { state -> Waiter? in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst() }
            state.isTaken = false
            return nil
        }
        next?.continuation.resume(returning: true)
    }

    private func wait(_ number: Int) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let answer = enter(Waiter(number: number, continuation: continuation)) {
                    continuation.resume(returning: answer)
                }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Whether it has its turn, or never will; nil when it waits. A cancel that came before found no waiter: it is
    /// asked for here, under the same lock.
    private func enter(_ waiter: Waiter) -> Bool? {
        state.withLock { state in
            if Task.isCancelled { return false }
            if !state.isTaken {
                state.isTaken = true
                return true
            }
            state.waiters.append(waiter)
            return nil
        }
    }
}
