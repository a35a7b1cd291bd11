import Glibc
public import Reactor

/// Programs that do one thing and end, and that a signal ends before.
public enum Interruptible: Sendable {
    /// The signals that end them; to be blocked first thing in `main` (`Signals.block`).
    public static let signals = [SIGTERM, SIGINT]

    /// Does `body` until it returns or a signal comes, which cancels it and waits for it.
    ///
    /// - Parameters:
    ///   - program: its name, which stands before an error on standard error.
    ///   - loop: where it is done.
    ///   - body: returns the program's exit status.
    /// - Returns: that; 1 when `body` threw, or when a signal came first.
    public static func run(
        _ program: String,
        on loop: EventLoop,
        _ body: @escaping @Sendable () async throws -> Int32
    ) async -> Int32 {
        await withTaskGroup(of: Int32.self) { tasks in
            tasks.addTask(executorPreference: loop) {
                guard let arrivals = try? Signals.arrivals(of: signals, on: loop) else { return 1 }
                for await _ in arrivals { break }
                return 1
            }
            tasks.addTask(executorPreference: loop) {
                do { return try await body() } catch {
                    StandardStream.error.write(line: "\(program): \(error)")
                    return 1
                }
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? 1
        }
    }
}
