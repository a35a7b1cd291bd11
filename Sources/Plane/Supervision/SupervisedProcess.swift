import Glibc
public import Reactor

/// A program that this process started: what it writes, line by line, its end, and a stop that ends it for sure.
///
///     let service = try SupervisedProcess(ChildProcess.Command("notes", ["--server-port", "0"]), on: loop)
///     _ = await service.line { $0.contains("serving") }
///     await service.stop()
///
/// It leads a process group of its own, which is ended with this object at the latest, and with this process, also when that
/// is killed.
public final class SupervisedProcess: Sendable {
    private let child: ChildProcess
    private let loop: EventLoop
    private let end = ProcessEnd()
    private let lines: AsyncStream<String>

    /// How many lines are kept for those who read them; the oldest go first.
    public static let lineLimit = 10_000

    /// Starts a program. Its standard output and error are read here, both in one, whatever the command says of them.
    ///
    /// - Parameters:
    ///   - command: the program.
    ///   - endsGroup: whether what it leaves behind when it ends by itself is ended, too: children that hold its ports.
    ///   - loop: where it is watched.
    /// - Throws: `SystemError` that names the program, or `/bin/sh`, which guards its group.
    public convenience init(
        _ command: ChildProcess.Command,
        endsGroup: Bool = false,
        on loop: EventLoop
    ) throws(SystemError) {
        let (ours, theirs) = try Self.sockets()
        let ourEnd = Descriptor(owning: ours)
        let theirEnd = Descriptor(owning: theirs)
        var command = command
        (command.output, command.error) = (theirEnd.number, theirEnd.number)
        let (lines, continuation) = AsyncStream<String>.makeStream(
            bufferingPolicy: .bufferingNewest(Self.lineLimit)
        )
        try self.init(command, lines, endsGroup, on: loop)
        OutputReader.start(ourEnd, on: loop, continuation)
    }

    /// Starts a program whose standard output and error go where the command says; no lines are read here.
    ///
    /// - Throws: `SystemError` that names the program, or `/bin/sh`, which guards its group.
    public convenience init(unread command: ChildProcess.Command, on loop: EventLoop) throws(SystemError) {
        try self.init(command, AsyncStream { $0.finish() }, false, on: loop)
    }

    private init(
        _ command: ChildProcess.Command,
        _ lines: AsyncStream<String>,
        _ endsGroup: Bool,
        on loop: EventLoop
    ) throws(SystemError) {
        let child = try ChildProcess(command, on: loop)
        (self.child, self.loop, self.lines) = (child, loop, lines)
        let groupGuard: GroupGuard
        do throws(SystemError) {
            groupGuard = try GroupGuard(of: child.id, on: loop)
        } catch {
            child.signal(SIGKILL, toGroup: true)
            // Takes its status, as below.
            Task(executorPreference: loop) { _ = try? await child.wait() }
            throw error
        }
        // Ends with the child, and takes its status, so that none is left behind as a zombie. It holds the child and not
        // this object, whose end is the child's.
        Task(executorPreference: loop) { [end] in
            let exit = await Self.exit(of: child)
            // The guard is still a member, so the number is this group's.
            if endsGroup { child.signal(SIGKILL, toGroup: true) }
            await groupGuard.dismiss()
            end.finish(exit)
        }
    }

    /// Waits for the end; what can't be watched is ended.
    private static func exit(of child: ChildProcess) async -> ChildProcess.Exit {
        do throws(SystemError) { return try await child.wait() } catch {
            child.signal(SIGKILL)
            return .unknown
        }
    }

    deinit { signal(SIGKILL, toGroup: true) }

    /// Two ends of a connection that no program inherits: ours, and the one for the child.
    package static func sockets() throws(SystemError) -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemError("make a socket pair") }
        return (ends[0], ends[1])
    }

    /// The process's number, and that of its group.
    public var id: Int32 { child.id }

    /// How it ended; nil while it runs, and `unknown` where somebody else took its status.
    public var exit: ChildProcess.Exit? { end.exit }

    /// The next line that it writes, to one reader each; nil at the end of its output, and when the task is cancelled: nobody
    /// gets a line after that.
    public func line() async -> String? {
        for await line in lines { return line }
        return nil
    }

    /// Reads on to a line that is meant; nil when it never comes.
    public func line(where isMeant: (String) -> Bool) async -> String? {
        while let line = await line() { if isMeant(line) { return line } }
        return nil
    }

    /// Sends a signal, to the process or to its group; false when it has ended.
    @discardableResult public func signal(_ signal: Int32, toGroup: Bool = false) -> Bool {
        end.exit == nil && child.signal(signal, toGroup: toGroup)
    }

    /// Waits for its end; nil when the task is cancelled before.
    public func ended() async -> ChildProcess.Exit? { await end.wait() }

    /// Waits for its end, at most so long; nil when it still runs.
    public func ended(within time: Duration) async -> ChildProcess.Exit? {
        await withTaskGroup(of: ChildProcess.Exit?.self) { [end, loop] tasks in
            tasks.addTask { await end.wait() }
            tasks.addTask {
                try? await loop.sleep(for: time)
                return nil
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? nil
        } ?? exit
    }

    /// Stops it: asks, waits, and ends its whole group by SIGKILL when it is still there, or when the task is cancelled.
    ///
    /// - Returns: how it ended.
    @discardableResult public func stop(_ ladder: StopLadder = StopLadder()) async -> ChildProcess.Exit {
        signal(ladder.signal)
        // A process that is stopped (SIGSTOP) would not see it.
        signal(SIGCONT)
        if let exit = await ended(within: ladder.patience) { return exit }
        signal(SIGKILL, toGroup: true)
        // Not in this task, which may be cancelled: nobody outlives SIGKILL for long.
        return await Task(executorPreference: loop) { [end] in await end.wait() }.value ?? .unknown
    }
}
