import Synchronization

/// Events that one side reports and a test waits for, in order.
package final class Events<Event: Sendable>: Sendable {
    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let seen: Mutex<[Event]> = Mutex([])

    package init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100_000))
    }

    package func note(_ event: Event) {
        seen.withLock { $0.append(event) }
        continuation.yield(event)
    }

    /// Says that none will follow.
    package func finish() { continuation.finish() }

    /// All so far.
    package var all: [Event] { seen.withLock { $0 } }

    /// Waits for the next one that no call has returned yet; nil when none will follow.
    package func next() async -> Event? {
        for await event in stream { return event }
        return nil
    }
}

extension Events where Event: Equatable {
    /// Waits for `event`; false when it never comes.
    package func wait(for event: Event) async -> Bool {
        while let next = await next() { if next == event { return true } }
        return false
    }
}
