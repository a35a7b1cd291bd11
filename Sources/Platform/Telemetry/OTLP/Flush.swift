import Reactor
import Synchronization

/// Somebody who waits for all spans to be sent: told once, by the sender, the deadline, or the task's cancellation.
final class Flush: Sendable {
    private let stream: AsyncStream<Bool>
    private let continuation: AsyncStream<Bool>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1)) }

    /// Says how it ended; the first word counts.
    func end(_ isDone: Bool) {
        continuation.yield(isDone)
        continuation.finish()
    }

    func wait(until deadline: MonotonicInstant, on loop: EventLoop) async -> Bool {
        await withTaskGroup { tasks in
            tasks.addTask(executorPreference: loop) { [self] in
                if (try? await loop.sleep(until: deadline)) != nil { end(false) }
            }
            defer { tasks.cancelAll() }
            for await isDone in stream { return isDone }
            return false
        }
    }
}
