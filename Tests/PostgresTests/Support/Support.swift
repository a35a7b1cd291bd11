import Reactor
import Synchronization
import Testing

@testable import Postgres

/// The code of the error that `body` throws; nil when it throws none.
func code(_ body: () async throws -> Void) async -> PostgresError.Code? {
    do {
        try await body()
        return nil
    } catch let error as PostgresError {
        return error.code
    } catch {
        Issue.record("not a PostgresError: \(error)")
        return nil
    }
}

/// Waits until something that others do has happened; looks again and again.
func settles(_ condition: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < end, !Task.isCancelled {
        if try await condition() { return true }
        await Task.yield()
    }
    return false
}

/// A number that tasks count up together.
final class Count: Sendable {
    private let number = Atomic<Int>(0)
    var value: Int { number.load(ordering: .relaxed) }
    func up() { number.add(1, ordering: .relaxed) }
}

/// What tasks note, in order.
final class Notes<Note: Sendable>: Sendable {
    private let notes = Mutex<[Note]>([])
    var all: [Note] { notes.withLock { $0 } }
    func add(_ note: Note) { notes.withLock { $0.append(note) } }
}
