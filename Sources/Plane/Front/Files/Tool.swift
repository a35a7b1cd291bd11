import Glibc
import Reactor
import Supervision
import Vigie

/// A program that does one thing and ends.
struct Tool: Sendable {
    /// A path, or a name that is searched for in `PATH`.
    let program: String
    /// Where its end is watched.
    let loop: EventLoop

    /// How long it may take.
    private static let patience = Duration.seconds(20)

    /// How it ended, and all that it wrote.
    struct Outcome: Sendable {
        /// Nil when it took too long, and was ended.
        let exit: ChildProcess.Exit?
        /// A line each.
        let lines: [String]

        /// Whether it says that all is well.
        var isGood: Bool { exit == .exited(0) }
    }

    /// Runs it.
    ///
    /// - Throws: `SystemError` when it can't be started.
    func run(_ arguments: [String]) async throws(SystemError) -> Outcome {
        let process = try SupervisedProcess(ChildProcess.Command(program, arguments), on: loop)
        let exit = await process.ended(within: Self.patience)
        if exit == nil { await process.stop(StopLadder(patience: .zero)) }
        var lines: [String] = []
        while let line = await process.line() { lines.append(line) }
        return Outcome(exit: exit, lines: lines)
    }
}
