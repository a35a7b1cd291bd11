import Foundation
import Glibc
import Reactor
import Testing

@testable import HTTP

/// Programs of others that the tests talk to, and our own as they are installed.
enum Peer {
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether a program that is missing is a failure.
    static let isRequired = environment["VIGIE_REQUIRE_PEERS"] == "1"

    /// Whether the tests with these programs are to run: when they are installed, or when they have to be
    /// (`VIGIE_REQUIRE_PEERS=1`), so that a missing one is a failure.
    static func isWanted(_ programs: String...) -> Bool {
        isRequired || programs.allSatisfy { find($0) != nil }
    }

    /// The path of a program; daemons are looked for where Debian keeps them, too.
    static func find(_ program: String) -> String? {
        if program.contains("/") { return program }
        let folders = "\(environment["PATH"] ?? ""):/usr/sbin:/usr/local/sbin:/sbin"
        return folders.split(separator: ":").map { "\($0)/\(program)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// The Python with the peers' packages, else the system's.
    static var python: String { PeerParser.python ?? "python3" }

    /// A script beside this file.
    static func script(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// One of our own programs, built beside the tests.
    static func product(_ name: String) throws -> String {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        var folder = URL(fileURLWithPath: bundle)
        repeat { folder.deleteLastPathComponent() } while folder.path.contains(".xctest")
        let path = folder.appendingPathComponent(name).path
        try #require(FileManager.default.isExecutableFile(atPath: path), "\(path) is not built")
        return path
    }

    /// How a program ended and what it wrote.
    struct Result: Sendable {
        let exit: ChildProcess.Exit
        let output: [UInt8]
        let error: String
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Runs a program to its end.
    static func run(_ program: String, _ arguments: [String], input: [UInt8]? = nil) async throws -> Result {
        let (output, error) = (try Scratch(), try Scratch())
        let given = try input.map { try Scratch($0) }
        var command = try limited(program, arguments)
        (command.output, command.error, command.input) = (output.number, error.number, given?.number)
        let exit = try await ChildProcess(command, on: ClientFixture.loop.loops[0]).wait()
        return Result(
            exit: exit,
            output: output.content,
            error: String(decoding: error.content, as: UTF8.self)
        )
    }

    /// Under timeout(1), so that nothing outlives a test run that is killed.
    fileprivate static func limited(_ program: String, _ arguments: [String]) throws -> ChildProcess.Command {
        let path = try #require(find(program), "\(program) is not installed")
        return ChildProcess.Command("timeout", ["--foreground", "--kill-after=1", "58", path] + arguments)
    }

    /// A file without a name.
    private final class Scratch: Sendable {
        let number: Int32

        init(_ bytes: [UInt8] = []) throws {
            let path = FileManager.default.temporaryDirectory.appendingPathComponent(
                "vigie-\(UUID().uuidString)"
            ).path
            number = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard number >= 0 else { throw SystemError("open \(path)") }
            unsafe unlink(path)
            var sent = 0
            while sent < bytes.count {
                let count = unsafe bytes[sent...].withUnsafeBytes {
                    unsafe pwrite(number, $0.baseAddress, $0.count, off_t(sent))
                }
                guard count > 0 else { throw SystemError("write \(path)") }
                sent += count
            }
        }

        deinit { close(number) }

        var content: [UInt8] {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = unsafe pread(number, &buffer, buffer.count, off_t(bytes.count)), count > 0
            {
                bytes += buffer[..<count]
            }
            return bytes
        }
    }
}

/// A program that serves until it is told to end.
final class PeerServer: Sendable {
    private let process: ChildProcess
    private let output: BlockingSocket

    private init(_ program: String, _ arguments: [String]) throws {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemError("make a socket pair") }
        output = BlockingSocket(owning: ends[0])
        defer { close(ends[1]) }
        var command = try Peer.limited(program, arguments)
        command.output = ends[1]
        process = try ChildProcess(command, on: ClientFixture.loop.loops[0])
    }

    /// Tells it to end.
    func terminate() { process.signal(SIGTERM) }

    /// Starts a program, waits until it is ready, uses it, ends it by SIGTERM, and checks how it ended.
    ///
    /// `isReady` returns when the program serves; it may ask for what that wrote as its first line.
    static func run<Address: Sendable>(
        _ program: String,
        _ arguments: [String],
        exits status: ChildProcess.Exit = .exited(0),
        isReady: @escaping @Sendable (_ firstLine: () throws -> String) async throws -> Address,
        _ body: (Address, PeerServer) async throws -> Void
    ) async throws {
        let server = try PeerServer(program, arguments)
        do {
            let line = server.output
            let address = try await isReady { try line.read(through: "\n") }
            try await body(address, server)
            server.terminate()
        } catch {
            server.process.signal(SIGKILL, toGroup: true)
            _ = try await server.process.wait()
            throw error
        }
        let exit = try await server.process.wait()
        #expect(exit == status, "\(program)")
    }

    /// Starts one of our own servers on a free port.
    static func run(
        product: String,
        _ arguments: [String] = [],
        _ body: (SocketAddress, PeerServer) async throws -> Void
    ) async throws {
        try await run(try Peer.product(product), arguments + ["--port", "0"], isReady: Self.announced, body)
    }

    /// The address at the end of `hello: listening on http://127.0.0.1:1234`, or a port alone.
    @Sendable static func announced(_ firstLine: () throws -> String) async throws -> SocketAddress {
        let line = try firstLine()
        let place = line.split(separator: "//").last.map { $0.filter { $0 != "\n" } } ?? ""
        if let path = place.split(separator: "unix:", maxSplits: 1, omittingEmptySubsequences: false)
            .dropFirst().first
        {
            return .unix(path: String(path))
        }
        let port = try #require(place.split(separator: ":").last.flatMap { UInt16($0) }, "\(line)")
        return .loopback(port: port)
    }
}
