import Foundation
import Reactor
import TestSupport
import Testing

@testable import Telemetry

@Suite("log writer") struct LogWriterTests {
    /// A pipe of the smallest size: 4 096 bytes.
    final class Pipe: Sendable {
        let reading: Int32
        let writing: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            try #require(unsafe pipe(&ends) == 0)
            (reading, writing) = (ends[0], ends[1])
            // F_SETPIPE_SZ, which Glibc's module does not show.
            _ = fcntl(writing, 1031, 4096)
            _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
            _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
        }

        /// All lines up to the end, which comes when the writing end is closed.
        func readAll() -> [String] {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while case let count = unsafe read(reading, &buffer, buffer.count), count > 0 {
                bytes += buffer[..<count]
            }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }

        deinit { close(reading) }
    }

    @Test("lines from all threads arrive whole, each thread's in order")
    func order() async throws {
        let pipe = try Pipe()
        let writer = LogWriter(descriptor: pipe.writing, loops: 2, byteLimit: 1 << 24)
        let group = try TestLoops.two
        let reader = Task.detached { pipe.readAll() }
        await withTaskGroup { tasks in
            for (index, loop) in group.loops.enumerated() {
                tasks.addTask(executorPreference: loop) {
                    for line in 0..<5000 { writer.write { $0.append(contentsOf: "\(index) \(line)".utf8) } }
                }
            }
            tasks.addTask {
                for line in 0..<5000 { writer.write { $0.append(contentsOf: "2 \(line)".utf8) } }
            }
        }
        writer.close(by: .now + .seconds(20))
        close(pipe.writing)
        let lines = await reader.value
        #expect(lines.count == 15_000 && writer.droppedLines == 0)
        for thread in 0..<3 {
            let own = lines.filter { $0.hasPrefix("\(thread) ") }
            #expect(own == (0..<5000).map { "\(thread) \($0)" })
        }
    }

    @Test(
        "a reader that doesn't read: nobody waits, what is over the limit is dropped and counted, the end comes"
    )
    func stuck() throws {
        let pipe = try Pipe()
        let writer = LogWriter(descriptor: pipe.writing, loops: 1, byteLimit: 10_000)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 99)
        for _ in 0..<2000 { writer.write { $0.append(contentsOf: line) } }
        #expect(writer.droppedLines > 1500)
        writer.close(by: .now)
        close(pipe.writing)
        let read = pipe.readAll().count
        #expect(read + writer.droppedLines == 2000)
        #expect(writer.takeDropped() == writer.droppedLines && writer.takeDropped() == 0)
    }

    @Test("a file gets all lines, whole and in order, also more than one write takes")
    func file() throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/log-\(UUID().uuidString)"
        let file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer {
            close(file)
            unsafe unlink(path)
        }
        let writer = LogWriter(descriptor: file, loops: 1, byteLimit: 1 << 24)
        for line in 0..<20_000 { writer.write { $0.append(contentsOf: "line \(line)".utf8) } }
        writer.close(by: .now + .seconds(20))
        #expect(writer.droppedLines == 0)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(lines == (0..<20_000).map { "line \($0)" })
    }

    @Test("a reader that is gone costs the lines, not the process")
    func gone() throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        close(ends[0])
        let writer = LogWriter(descriptor: ends[1], loops: 1)
        for _ in 0..<10 { writer.write { $0.append(65) } }
        writer.close(by: .now + .seconds(20))
        #expect(writer.droppedLines == 10)
        close(ends[1])
    }
}
