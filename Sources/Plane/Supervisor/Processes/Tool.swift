import FoundationEssentials
import Glibc
package import Reactor
import Supervision

/// Programs that do one thing and end: `initdb`, `openssl`, a system's program that tells its declaration.
package enum Tool {
    /// Why one did not do it.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    /// How long one may take.
    static let limit = Duration.seconds(120)

    /// Runs a program and returns what it wrote, both streams in one.
    ///
    /// - Throws: ``Failure`` with its last words when it ended with another status than 0.
    @discardableResult
    package static func run(
        _ program: String,
        _ arguments: [String],
        environment: [String]? = nil,
        on loop: EventLoop
    ) async throws -> [String] {
        var command = ChildProcess.Command(program, arguments)
        command.environment = environment
        let process = try SupervisedProcess(command, on: loop)
        let exit = await process.ended(within: limit)
        if exit == nil { await process.stop(StopLadder(patience: .seconds(1))) }
        var lines: [String] = []
        while let line = await process.line() { lines.append(line) }
        guard exit == .exited(0) else {
            let name = program.split(separator: "/").last.map(String.init) ?? program
            let words = lines.suffix(3).joined(separator: " / ")
            throw Failure(description: "\(name) failed\(exit == nil ? ", it took too long" : ""): \(words)")
        }
        return lines
    }

    /// Where a program is: beside this one, else in `PATH` and the folders of daemons; nil when it is nowhere.
    package static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders =
            [ownFolder].compactMap { $0 } + path.split(separator: ":").map(String.init)
            + ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"]
        return folders.map { "\($0)/\(name)" }.first { Files.isProgram($0) }
    }

    /// This program's file.
    package static var ownPath: String? {
        var bytes = [CChar](repeating: 0, count: 4096)
        let length = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
        guard length > 0 else { return nil }
        return String(decoding: bytes.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static var ownFolder: String? {
        ownPath.map { $0.split(separator: "/").dropLast().map { "/" + $0 }.joined() }
    }
}
