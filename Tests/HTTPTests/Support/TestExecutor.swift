import Dispatch
import Synchronization

/// Runs the client's side of tests on threads of its own: tests that compute for long hold Swift's shared ones, and a
/// server's timeouts go on meanwhile.
final class TestExecutor: TaskExecutor {
    private static let all = (0..<4).map { TestExecutor(label: "test \($0)") }
    private static let turn = Atomic<Int>(0)

    /// One of four, in turn.
    static func next() -> TestExecutor { all[turn.wrappingAdd(1, ordering: .relaxed).oldValue % all.count] }

    private let queue: DispatchQueue

    private init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs `body` here, in a child of the caller's task.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { tasks in
            tasks.addTask(executorPreference: next()) { try await body() }
            guard let value = try await tasks.next() else { throw CancellationError() }
            return value
        }
    }
}
