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
        #expect(kill(child, 0) != 0 || Self.isZombie(child))
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

    @Test("a program that isn't there is named")
    func missing() throws {
        let command = ChildProcess.Command("/no/such/program")
        let loop = try TestLoops.one.loops[0]
        #expect(throws: SystemError(code: ENOENT, operation: "start /no/such/program")) {
            try SupervisedProcess(command, on: loop)
        }
    }

    /// An orphan that whoever adopted it has not waited for yet.
    private static func isZombie(_ id: Int32) -> Bool {
        guard let file = unsafe fopen("/proc/\(id)/stat", "r") else { return true }
        defer { unsafe fclose(file) }
        var text = [CChar](repeating: 0, count: 512)
        guard unsafe fgets(&text, 511, file) != nil else { return true }
        return String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self).contains(") Z ")
    }
}
