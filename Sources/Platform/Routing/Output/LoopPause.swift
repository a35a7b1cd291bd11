import Reactor

/// Waiting on the event loop's own timers.
enum LoopPause {
    /// Waits on the loop the caller runs on; elsewhere as any task does.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    @Sendable static func wait(_ time: Duration) async throws {
        guard let loop = EventLoop.current else { return try await Task.sleep(for: time) }
        try await loop.sleep(for: time)
    }
}
