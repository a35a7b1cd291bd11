import Reactor

/// A piece of work was not done in time.
struct DeadlineExceeded: Error, CustomStringConvertible {
    /// Says so.
    let description = "not done in time"
}

/// Runs `work` on `loop` and cancels it at `deadline`; waits for its end then, too.
///
/// - Throws: ``DeadlineExceeded``; what `work` throws; `CancellationError` when the caller is cancelled.
func withDeadline(
    _ deadline: MonotonicInstant,
    on loop: EventLoop,
    _ work: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { tasks in
        tasks.addTask(executorPreference: loop) {
            try await work()
            return true
        }
        tasks.addTask(executorPreference: loop) {
            try await loop.sleep(until: deadline)
            return false
        }
        defer { tasks.cancelAll() }
        guard try await tasks.next() == true else { throw DeadlineExceeded() }
    }
}
