import FoundationEssentials
import Glibc
import Reactor
import Supervision
import TestSupport
import Testing

@Suite("a supervised process", .timeLimit(.minutes(1))) struct SupervisedProcessTests {
    private static func shell(_ script: String) throws -> SupervisedProcess {
        try SupervisedProcess(
            ChildProcess.Command("/bin/sh", ["-c", script]),
            on: try TestLoops.one.loops[0]
        )
    }

    @Test("its lines come one by one, of output and error alike, the last one also without its end")
    func lines() async throws {
        let process = try Self.shell("echo one; echo two >&2; printf three")
        #expect(await process.line() == "one")
        #expect(await process.line { $0.hasPrefix("t") } == "two")
        #expect(await process.line() == "three")
        #expect(await process.line() == nil)
        #expect(await process.ended() == .exited(0))
        #expect(process.exit == .exited(0))
    }

    @Test("a line without end is handed on in pieces")
    func longLine() async throws {
        let process = try Self.shell("head -c 200000 /dev/zero | tr '\\0' x")
        var count = 0
        while let line = await process.line() { count += line.utf8.count }
        #expect(count == 200_000)
    }

    @Test("all who wait hear of the end, also those who come later")
    func ends() async throws {
        let process = try Self.shell("exec sleep 1000")
        async let one = process.ended()
        async let two = process.ended()
        await process.stop()
        #expect(await one == .signaled(SIGTERM))
        #expect(await two == .signaled(SIGTERM))
        #expect(await process.ended() == .signaled(SIGTERM))
        #expect(!process.signal(SIGTERM))
    }

    @Test("one that is asked ends by itself")
    func asked() async throws {
        let process = try Self.shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done")
        #expect(await process.line() == "ready")
        #expect(await process.stop() == .exited(7))
    }

    @Test("one that doesn't listen is killed when its time is over, with its children")
    func deaf() async throws {
        let process = try Self.shell("trap '' TERM; sleep 1000 & echo $!; while :; do sleep 0.01; done")
        let child = try #require(await process.line().flatMap { Int32($0) })
        #expect(await process.stop(StopLadder(patience: .milliseconds(50))) == .signaled(SIGKILL))
        // The output ends when the last of the group has gone.
        while await process.line() != nil {}
        #expect(Self.isGone(child))
    }

    @Test("one that stands still hears of it all the same")
    func stopped() async throws {
        let process = try Self.shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done")
        #expect(await process.line() == "ready")
        process.signal(SIGSTOP)
        #expect(await process.stop() == .exited(7))
    }

    @Test("stopping that is cancelled ends it by force and at once")
    func cancelled() async throws {
        let process = try Self.shell("trap '' TERM; echo ready; while :; do sleep 0.01; done")
        #expect(await process.line() == "ready")
        let stop = Task { await process.stop(StopLadder(patience: .seconds(600))) }
        stop.cancel()
        #expect(await stop.value == .signaled(SIGKILL))
    }

    @Test("it ends with its object")
    func released() async throws {
        var process: SupervisedProcess? = try Self.shell("echo ready; exec sleep 1000")
        let id = try #require(process?.id)
        #expect(await process?.line() == "ready")
        process = nil
        let end = MonotonicInstant.now + .seconds(20)
        while kill(id, 0) == 0, .now < end { await Task.yield() }
        #expect(kill(id, 0) != 0)
    }

    @Test("it ends with this process, with its children, also when this one is killed")
    func orphaned() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/ids"
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let script = "trap '' HUP INT TERM; sleep 1000 & echo $$ $! > '\(path)'; echo ready; wait"
            let process = try SupervisedProcessTests.shell(script)
            _ = await process.line()
            kill(getpid(), SIGKILL)
            await process.stop()
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let ids = text.split { " \n".contains($0) }.compactMap { Int32($0) }
        #expect(ids.count == 2, "\(text)")
        try await eventually("the end of \(ids)") { ids.allSatisfy(Self.isGone) }
    }

    @Test("what ended by itself leaves its own children be, and nobody who guards them")
    func ended() async throws {
        let process = try Self.shell("sleep 1000 > /dev/null 2>&1 & echo $!")
        let child = try #require(await process.line().flatMap { Int32($0) })
        #expect(await process.ended() == .exited(0))
        #expect(!Self.isGone(child))
        #expect(kill(child, SIGKILL) == 0)
        try await eventually("its end") { Self.isGone(child) }
        // The guard would have been waited for: this process has no child of that group.
        let found = waitpid(-process.id, nil, WNOHANG)
        #expect(found == -1 && errno == ECHILD)
    }

    @Test("what ended by itself takes its own children along, where that is asked for")
    func endedWithGroup() async throws {
        let command = ChildProcess.Command("/bin/sh", ["-c", "sleep 1000 > /dev/null 2>&1 & echo $!"])
        let process = try SupervisedProcess(command, endsGroup: true, on: try TestLoops.two.loops[0])
        let child = try #require(await process.line().flatMap { Int32($0) })
        #expect(await process.ended() == .exited(0))
        try await eventually("its child's end") { Self.isGone(child) }
    }

    @Test("whose status somebody else took ended, nobody can say how")
    func stolen() async throws {
        let loop = try TestLoops.two.loops[1]
        let hold = Latch()
        loop.execute { hold.waitBlocking() }
        let process = try SupervisedProcess(ChildProcess.Command("/bin/sh", ["-c", "exit 3"]), on: loop)
        var status: Int32 = 0
        let ended = unsafe waitpid(process.id, &status, 0)
        #expect(ended == process.id)
        hold.open()
        #expect(await process.ended() == .unknown)
        #expect(process.exit == .unknown)
    }

    @Test("a program that isn't there is named")
    func missing() throws {
        let command = ChildProcess.Command("/no/such/program")
        let loop = try TestLoops.one.loops[0]
        #expect(throws: SystemError(code: ENOENT, operation: "start /no/such/program")) {
            try SupervisedProcess(command, on: loop)
        }
    }

    /// Whether it has ended, perhaps without having been waited for yet by whoever adopted it.
    private static func isGone(_ id: Int32) -> Bool {
        guard kill(id, 0) == 0, let file = unsafe fopen("/proc/\(id)/stat", "r") else { return true }
        defer { unsafe fclose(file) }
        var text = [CChar](repeating: 0, count: 512)
        guard unsafe fgets(&text, 511, file) != nil else { return true }
        return String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self).contains(") Z ")
    }
}
