import Reactor

/// Owns the task that feeds one stream: who lets go of the pump ends it.
final class EventPump: Sendable {
    let relay: EventRelay
    private let task: Task<Void, Never>

    /// Starts feeding, on the loop the caller runs on.
    init(_ feed: @escaping @Sendable (EventRelay) async -> Void) {
        let relay = EventRelay()
        self.relay = relay
        task = Task(executorPreference: EventLoop.current) { await feed(relay) }
    }

    deinit {
        task.cancel()
        relay.close()
    }
}
