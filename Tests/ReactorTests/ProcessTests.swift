import Foundation
import Glibc
import Reactor
import TestSupport
import Testing

@Suite("child processes and signals", .timeLimit(.minutes(1))) struct ProcessTests {
    let loop: EventLoop

    init() throws { loop = try TestLoops.two.loops[0] }

    private func shell(_ script: String) -> ChildProcess.Command { .init("/bin/sh", ["-c", script]) }

    static let ends: [(String, ChildProcess.Exit)] = [
        ("exit 0", .exited(0)),
        ("exit 3", .exited(3)),
        ("exit 255", .exited(255)),
        ("kill -TERM $$", .signaled(SIGTERM)),
        ("kill -KILL $$", .signaled(SIGKILL)),
    ]

    @Test("its end is told", arguments: ends)
    func end(script: String, exit: ChildProcess.Exit) async throws {
        #expect(try await ChildProcess(shell(script), on: loop).wait() == exit)
    }

    @Test("many at once end with their own status each")
    func many() async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for status in 0..<20 as Range<Int32> {
                tasks.addTask { [self] in
                    let child = try ChildProcess(shell("exit \(status)"), on: loop)
                    #expect(try await child.wait() == .exited(status))
                }
            }
            try await tasks.waitForAll()
        }
    }

    @Test("a program that is not there is named", arguments: ["/no/such/program", "no-such-program-in-path"])
    func absent(program: String) throws {
        let error = #expect(throws: SystemError.self) { try ChildProcess(.init(program), on: loop) }
        #expect(error?.code == ENOENT)
        #expect(error?.description.contains(program) == true)
    }

    @Test("a program without a path is searched for; arguments, folder, environment and streams arrive")
    func command() async throws {
        let folder = try TemporaryFolder()
        let file = unsafe open(folder.path + "/out", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        var command = ChildProcess.Command(
            "sh",
            ["-c", "pwd; echo \"$1:$NAME\"; echo oops >&2; cat", "sh", "a b"]
        )
        command.environment = ["NAME=value", "PATH=/usr/bin:/bin"]
        command.directory = folder.path
        command.output = file
        command.error = file
        #expect(try await ChildProcess(command, on: loop).wait() == .exited(0))
        let real = folder.url.resolvingSymlinksInPath().path
        #expect(
            try String(contentsOfFile: folder.path + "/out", encoding: .utf8) == "\(real)\na b:value\noops\n"
        )
    }

    @Test("a signal reaches it, and nobody once it has ended")
    func signal() async throws {
        let child = try ChildProcess(.init("sleep", ["1000"]), on: loop)
        #expect(child.signal(SIGTERM))
        #expect(try await child.wait() == .signaled(SIGTERM))
        #expect(!child.signal(SIGTERM))
        #expect(!child.signal(SIGTERM, toGroup: true))
    }

    @Test("a signal to its group reaches its own children too")
    func group() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/fifo"
        #expect(unsafe mkfifo(path, 0o600) == 0)
        // The child holds the pipe open for as long as it lives; its parent waits for it.
        let child = try ChildProcess(shell("sleep 1000 > '\(path)' & wait"), on: loop)
        let pool = try TestLoops.two.blocking
        let reader = try await pool.run { unsafe open(path, O_RDONLY | O_CLOEXEC) }
        #expect(child.signal(SIGKILL, toGroup: true))
        #expect(try await child.wait() == .signaled(SIGKILL))
        let count = try await pool.run {
            var byte: UInt8 = 0
            return unsafe read(reader, &byte, 1)
        }
        #expect(count == 0)
        close(reader)
    }

    @Test("it starts with no signal blocked or ignored, whatever its parent's threads do")
    func signalMask() async throws {
        let folder = try TemporaryFolder()
        let script = "grep -E '^Sig(Blk|Ign)' /proc/self/status > '\(folder.path)/out'"
        let command = shell(script)
        // On a loop's thread all signals are blocked.
        let child = try await Task(executorPreference: loop) { [loop] in try ChildProcess(command, on: loop) }
            .value
        #expect(try await child.wait() == .exited(0))
        let text = try String(contentsOfFile: folder.path + "/out", encoding: .utf8)
        let sets = text.split(separator: "\n").compactMap { UInt64($0.suffix(16), radix: 16) }
        // Signals 32 and 33 are glibc's own; its posix_spawn(3) has them ignored.
        #expect(sets.map { $0 & ~(3 << 31) } == [0, 0])
    }

    @Test("blocked signals arrive as a stream")
    func arrivals() async throws {
        // A group of its own: the signal is sent to its loop's thread alone, where it is blocked.
        let group = try EventLoopGroup(count: 1)
        let loop = group.loops[0]
        var arrivals = try Signals.arrivals(of: [SIGUSR1, SIGUSR2], on: loop).makeAsyncIterator()
        for number in [SIGUSR1, SIGUSR2, SIGUSR1] {
            loop.execute { raise(number) }
            #expect(await arrivals.next() == number)
        }
    }
}
