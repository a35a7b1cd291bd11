import Foundation
import Reactor
import TestSupport
import Testing

@testable import Front

@Suite("reading the access log") struct AccessLogTests {
    private let folder: TemporaryFolder
    private var path: String { "\(folder.path)/access.log" }

    init() throws { folder = try TemporaryFolder() }

    private func append(_ text: String) throws {
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    private func lines(_ log: inout AccessLog) throws -> [String] {
        var lines: [String] = []
        try log.read { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    @Test("a line is read once, and only when it is whole")
    func once() throws {
        var log = try AccessLog(path, sizeLimit: 1 << 20)
        #expect(try lines(&log) == [])
        try append("a\nb\nc")
        #expect(try lines(&log) == ["a", "b"])
        #expect(try lines(&log) == [])
        try append("d\n")
        #expect(try lines(&log) == ["cd"])
    }

    @Test("a log that is put aside is read to its end, and then the new one")
    func rotation() throws {
        var log = try AccessLog(path, sizeLimit: 4)
        try append("a\n")
        #expect(try lines(&log) == ["a"])
        #expect(try !log.rotate())
        try append("b\nc\n")
        #expect(try lines(&log) == ["b", "c"])
        let old = try #require(FileHandle(forWritingAtPath: path))
        #expect(try log.rotate())
        #expect(try folder.names.contains("access.log.1"))
        // A worker that has not opened the new one yet.
        try old.seekToEnd()
        try old.write(contentsOf: Data("late\n".utf8))
        try append("new\n")
        #expect(try lines(&log) == ["late", "new"])
        #expect(try lines(&log) == [])
    }

    @Test("three files are kept beside the one that is written")
    func kept() throws {
        var log = try AccessLog(path, sizeLimit: 2)
        for number in 0..<6 {
            try append("\(number)\n")
            #expect(try lines(&log) == ["\(number)"])
            #expect(try log.rotate())
        }
        #expect(
            try folder.names.filter { $0.hasPrefix("access.log") }.sorted() == [
                "access.log.1", "access.log.2", "access.log.3",
            ]
        )
        #expect(try String(contentsOfFile: "\(path).1", encoding: .utf8) == "5\n")
    }

    @Test("who starts goes on behind what was read before, also behind a rotation")
    func restart() throws {
        try append("of another time\n")
        var first = try AccessLog(path, sizeLimit: 8)
        #expect(try lines(&first) == [])
        try append("a\n")
        #expect(try lines(&first) == ["a"])
        try first.save()
        try append("b\n")
        var second = try AccessLog(path, sizeLimit: 8)
        #expect(try lines(&second) == ["b"])
        try second.save()
        #expect(try second.rotate())
        try second.save()
        let old = try #require(FileHandle(forWritingAtPath: "\(path).1"))
        try old.seekToEnd()
        try old.write(contentsOf: Data("c\n".utf8))
        try append("d\n")
        var third = try AccessLog(path, sizeLimit: 1 << 20)
        #expect(try lines(&third) == ["c", "d"])
    }

    @Test("what is far longer than a line is passed over in pieces")
    func long() throws {
        var log = try AccessLog(path, sizeLimit: 1 << 30)
        try append(String(repeating: "x", count: 600_000) + "\nb\n")
        let all = try lines(&log)
        #expect(all.last == "b")
        #expect(all.dropLast().reduce(0) { $0 + $1.utf8.count } == 600_000)
    }
}
