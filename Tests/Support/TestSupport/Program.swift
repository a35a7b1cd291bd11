import Foundation
package import Reactor

/// Programs that tests start, others' and our own, under timeout(1), so that nothing outlives a test run that is killed.
package enum Program {
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether a program that is missing is a failure (`TEST_REQUIRE_PEERS=1`).
    package static let isRequired = environment["TEST_REQUIRE_PEERS"] == "1"

    /// The Python that has the peers' packages (`TEST_PYTHON`); nil where it is not installed.
    package static let python: String? = environment["TEST_PYTHON"].flatMap {
        FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil
    }

    /// Whether the tests with ``python`` are to run: when it is installed, or when it has to be.
    package static let isPythonWanted = python != nil || isRequired

    /// Whether the tests with these programs are to run: when they are installed, or when they have to be, so that a
    /// missing one is a failure.
    package static func isWanted(_ programs: String...) -> Bool {
        isRequired || programs.allSatisfy { find($0) != nil }
    }

    /// The path of a program; daemons are looked for where Debian keeps them, too.
    package static func find(_ program: String) -> String? {
        if program.contains("/") { return program }
        let folders = "\(environment["PATH"] ?? ""):/usr/sbin:/usr/local/sbin:/sbin"
        return folders.split(separator: ":").map { "\($0)/\(program)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// One of our own programs, built beside the tests; nil when it is not there.
    package static func product(_ name: String) -> String? {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = bundle.deletingLastPathComponent().appending(path: name).path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    /// A script in a folder beside the file that asks.
    package static func script(_ name: String, beside file: String = #filePath) -> String {
        URL(fileURLWithPath: file).deletingLastPathComponent().appending(path: name).path
    }

    /// What is missing.
    package struct Missing: Error { package let program: String }

    /// Starts a program.
    package static func start(
        _ program: String,
        _ arguments: [String],
        input: Int32? = nil,
        output: Int32? = nil,
        error: Int32? = nil
    ) throws -> ChildProcess {
        guard let path = find(program) else { throw Missing(program: program) }
        var command = ChildProcess.Command(
            "timeout",
            ["--foreground", "--kill-after=1", "58", path] + arguments
        )
        (command.input, command.output, command.error) = (input, output, error)
        return try ChildProcess(command, on: TestLoops.one.loops[0])
    }
}
