import Foundation
import Glibc
import Reactor
import Testing

/// Programs of others that the tests start, under timeout(1), so that nothing outlives a test run that is killed.
enum Program {
    private static let environment = ProcessInfo.processInfo.environment
    private static let loops = Result { () throws(SystemError) in try EventLoopGroup(count: 1) }

    /// Whether the tests with these programs are to run: when they are installed, or when they have to be.
    static func isWanted(_ programs: String...) -> Bool {
        environment["VIGIE_REQUIRE_PEERS"] == "1" || programs.allSatisfy { find($0) != nil }
    }

    static func find(_ program: String) -> String? {
        "\(environment["PATH"] ?? ""):/usr/sbin:/sbin".split(separator: ":").map { "\($0)/\(program)" }.first
        {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    static func start(
        _ program: String,
        _ arguments: [String],
        input: Int32? = nil,
        output: Int32? = nil
    ) throws -> ChildProcess {
        let path = try #require(find(program), "\(program) is not installed")
        var command = ChildProcess.Command(
            "timeout",
            ["--foreground", "--kill-after=1", "58", path] + arguments
        )
        (command.input, command.output) = (input, output)
        return try ChildProcess(command, on: loops.get().loops[0])
    }

    /// Runs a program to its end, which must be a good one.
    static func run(_ program: String, _ arguments: [String]) async throws {
        let exit = try await start(program, arguments).wait()
        try #require(exit == .exited(0), "\(program) \(arguments)")
    }
}
