import HTTP
import Reactor
import Synchronization
import TestSupport

/// Clients that ask one after the other until they are told to stop, and what they were answered.
final class ClientLoad: Sendable {
    private struct State {
        var answers: [Int: Int] = [:]
        var failures: [String] = []
        var isOver = false
    }

    private let state = Mutex(State())

    /// How many answers there were, of all kinds.
    var count: Int { state.withLock { $0.answers.values.reduce(0, +) + $0.failures.count } }

    /// How many answers had this status.
    func count(_ status: Int) -> Int { state.withLock { $0.answers[status] ?? 0 } }

    /// All that was no 200: statuses with their numbers, and errors in words.
    var failures: [String] {
        state.withLock { state in
            state.answers.filter { $0.key != 200 }.map { "\($0.key): \($0.value)" } + state.failures
        }
    }

    /// Waits for so many more answers.
    func more(_ count: Int) async throws {
        let goal = self.count + count
        try await eventually("\(count) more answers; so far \(self.count), \(failures)") {
            self.count >= goal
        }
    }

    /// Runs `clients` at once, each sending `request` again and again, while `body` runs.
    ///
    /// - Parameters:
    ///   - clients: how many.
    ///   - request: sends one; its status. Told which client it is.
    ///   - body: what happens meanwhile.
    /// - Throws: what `body` threw.
    static func run(
        clients: Int = 8,
        _ request: @escaping @Sendable (Int) async throws -> Int,
        _ body: (ClientLoad) async throws -> Void
    ) async throws {
        let load = ClientLoad()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for client in 0..<clients {
                tasks.addTask(executorPreference: try TestLoops.two.loops[client % 2]) {
                    while load.state.withLock({ !$0.isOver }) {
                        do { load.note(try await request(client)) } catch { load.note(error) }
                    }
                }
            }
            let outcome = await Result { try await body(load) }
            load.state.withLock { $0.isOver = true }
            try await tasks.waitForAll()
            try outcome.get()
        }
    }

    private func note(_ status: Int) { state.withLock { $0.answers[status, default: 0] += 1 } }

    private func note(_ error: any Error) { state.withLock { $0.failures.append("\(error)") } }
}
