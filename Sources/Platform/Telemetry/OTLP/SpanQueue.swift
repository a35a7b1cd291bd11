import Synchronization

/// Spans that wait to be sent: a bounded queue that all threads put into and one takes from.
final class SpanQueue: Sendable {
    private struct State {
        var spans: [EndedSpan] = []
        var dropped = 0
    }
    private let capacity: Int
    private let batch: Int
    private let state: Mutex<State>

    init(capacity: Int, batch: Int) {
        self.capacity = capacity
        self.batch = batch
        var state = State()
        state.spans.reserveCapacity(batch)
        self.state = Mutex(state)
    }

    /// Adds a span unless the queue is full, which is counted.
    ///
    /// - Returns: whether a batch has just become whole.
    func append(_ span: EndedSpan) -> Bool {
        state.withLock { state in
            guard state.spans.count < capacity else {
                state.dropped += 1
                return false
            }
            state.spans.append(span)
            return state.spans.count == batch
        }
    }

    /// Takes up to a batch, oldest first.
    func take() -> [EndedSpan] {
        state.withLock { state in
            guard !state.spans.isEmpty else { return [] }
            guard state.spans.count > batch else {
                // As it is, with the room for a new one: nothing is copied or counted one by one.
                var taken: [EndedSpan] = []
                taken.reserveCapacity(batch)
                swap(&taken, &state.spans)
                return taken
            }
            let taken = Array(state.spans.prefix(batch))
            state.spans.removeFirst(taken.count)
            return taken
        }
    }

    /// Whether a whole batch waits.
    var hasBatch: Bool { state.withLock { $0.spans.count >= batch } }

    /// How many wait, and how many were dropped.
    var figures: (waiting: Int, dropped: Int) { state.withLock { ($0.spans.count, $0.dropped) } }
}
