import Synchronization

/// Waits until something that others do has happened; looks again and again.
package func settles(_ condition: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < end, !Task.isCancelled {
        if try await condition() { return true }
        await Task.yield()
    }
    return false
}

/// A number that tasks count up together.
package final class Count: Sendable {
    private let number = Atomic<Int>(0)
    package init() {}
    package var value: Int { number.load(ordering: .relaxed) }
    package func up() { number.add(1, ordering: .relaxed) }
}

/// What tasks note, in order.
package final class Noted<Note: Sendable>: Sendable {
    private let notes = Mutex<[Note]>([])
    package init() {}
    package var all: [Note] { notes.withLock { $0 } }
    package func add(_ note: Note) { notes.withLock { $0.append(note) } }
}
