import Foundation
import Glibc
import JSON
import Reactor
import TestSupport
import Testing

@testable import Supervisor

@Suite("what a killed supervisor leaves", .timeLimit(.minutes(1))) struct LeftoversTests {
    private static func start() throws -> ChildProcess {
        try ChildProcess(
            ChildProcess.Command("/bin/sh", ["-c", "sleep 1000 & wait"]),
            on: TestLoops.one.loops[0]
        )
    }

    private static func record(_ id: Int32, _ start: UInt64) throws -> SystemFolder {
        let folder = SystemFolder(
            path: FileManager.default.temporaryDirectory.appending(
                path: "vigie-\(UUID().uuidString.prefix(8))"
            ).path
        )
        try folder.create()
        let text = #"[{"name":"service/1","id":\#(id),"start":\#(start)}]"#
        try text.write(toFile: folder.path + "/processes.json", atomically: true, encoding: .utf8)
        return folder
    }

    @Test("is ended with its group by the next one, which says so")
    func ends() async throws {
        let process = try Self.start()
        let entry = try #require(ProcessTable.entry(process.id))
        let folder = try Self.record(process.id, entry.start)
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        #expect(folder.endLeftovers() == ["service/1"])
        #expect(try await process.wait() == .signaled(SIGKILL))
    }

    @Test("is left alone when its number is another process's now")
    func othersStay() async throws {
        let process = try Self.start()
        let entry = try #require(ProcessTable.entry(process.id))
        let folder = try Self.record(process.id, entry.start + 1)
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        #expect(folder.endLeftovers().isEmpty)
        #expect(ProcessTable.entry(process.id) == entry)
        process.signal(SIGKILL, toGroup: true)
        #expect(try await process.wait() == .signaled(SIGKILL))
    }

    @Test("one supervisor at a time has the lock")
    func lock() throws {
        let folder = try TemporaryFolder()
        let system = SystemFolder(path: folder.path)
        try system.create()
        let lock = try #require(try system.lock())
        #expect(try system.lock() == nil)
        withExtendedLifetime(lock) {}
    }

    @Test("memory is that of a process and all that it has started")
    func tree() async throws {
        let process = try Self.start()
        try await eventually("its child is there") { ProcessTable().tree(process.id).count == 2 }
        #expect(ProcessTable().tree(process.id).allSatisfy { ProcessTable.memory($0) > 0 })
        process.signal(SIGKILL, toGroup: true)
        _ = try await process.wait()
    }
}
