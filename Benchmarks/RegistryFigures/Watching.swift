import Reactor
import Synchronization

/// Blocked queries, each asked again as soon as it is answered, and how long behind a change they are.
final class Watching: Sendable {
    private struct Board {
        var began = [MonotonicInstant?](repeating: nil, count: Registration.services)
        var samples = Samples()
        var answers = 0
    }

    private let stage: RegistryStage
    private let count: Int
    private let path: @Sendable (Int) -> String
    private let board = Mutex(Board())

    init(_ stage: RegistryStage, watchers count: Int, _ path: @escaping @Sendable (Int) -> String) {
        self.stage = stage
        self.count = count
        self.path = path
    }

    /// Lets all wait while `body` runs.
    func run(_ body: (Watching) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<count {
                tasks.addTask(executorPreference: stage.group.loops[0]) { await self.watch(number) }
            }
            try await untilAllWait()
            try await body(self)
            tasks.cancelAll()
            while await tasks.nextResult() != nil {}
        }
        try await stage.wait(for: "the watchers' end") {
            try await stage.metric("registry_watchers_waiting") == 0
        }
    }

    private func untilAllWait() async throws {
        try await stage.wait(for: "\(count) watchers") {
            try await stage.metric("registry_watchers_waiting") == Double(count)
        }
    }

    private func watch(_ number: Int) async {
        let path = path(number)
        let service = path.split(separator: "-").last.flatMap { Int($0) } ?? 0
        do {
            var index = try await stage.index(path)
            while !Task.isCancelled {
                index = try await stage.index("\(path)?index=\(index)&wait=600s")
                board.withLock { board in
                    board.answers += 1
                    if let began = board.began[service] { board.samples.add(.now - began) }
                }
            }
        } catch {
            guard !Task.isCancelled else { return }
            StandardStream.error.write(line: "registry-figures: a watcher: \(error)")
        }
    }

    /// Registers changes one behind the other, with a pause between, and tells how long each answer to a watcher took.
    func changes(
        _ changes: Int,
        pause: Duration,
        _ registration: (Int) -> Registration
    ) async throws -> Samples {
        board.withLock { $0.samples = Samples() }
        for number in 0..<changes {
            let changed = registration(number)
            board.withLock { $0.began[changed.service] = .now }
            try await stage.put("/v1/agent/service/register", changed.reporting(revision: number + 1))
            try await stage.group.loops[0].sleep(for: pause)
        }
        try await untilAllWait()
        return board.withLock { $0.samples }
    }
}
