import Reactor

/// What is due when: a binary heap. An entry whose time has moved is put in again by who takes it out.
struct DeadlineQueue<Item: Sendable>: Sendable {
    private var heap: [(instant: MonotonicInstant, item: Item)] = []

    /// When the first is due.
    var next: MonotonicInstant? { heap.first?.instant }
    var count: Int { heap.count }

    mutating func add(_ item: Item, at instant: MonotonicInstant) {
        heap.append((instant, item))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].instant < heap[parent].instant else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the first out when it is due.
    mutating func take(due now: MonotonicInstant) -> Item? {
        guard let first = heap.first, first.instant <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { break }
            let right = left + 1
            let child = right < heap.count && heap[right].instant < heap[left].instant ? right : left
            guard heap[child].instant < heap[parent].instant else { break }
            heap.swapAt(child, parent)
            parent = child
        }
        return first.item
    }
}
