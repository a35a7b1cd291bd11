import Foundation
import Glibc
import Reactor
import TestSupport

/// The example server as a program of its own, started by the shell and ended with this object.
final class HelloProcess: Sendable {
    /// A line that did not come.
    struct Silent: Error { let output: String }

    let process: ChildProcess
    private let output: Int32

    /// The product beside the test bundle.
    static let program = Program.product("hello")

    /// Starts `hello` with `arguments` behind `setup`, shell commands such as `ulimit -n 64`.
    init(_ arguments: [String], setup: String = ":") throws {
        guard let program = Self.program else { throw Silent(output: "no hello beside the tests") }
        let (ours, theirs) = try SocketPair.make()
        defer { close(theirs) }
        output = ours
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        unsafe setsockopt(output, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var command = ChildProcess.Command(
            "/bin/sh",
            ["-c", "\(setup); exec \"$0\" \"$@\"", program] + arguments
        )
        command.output = theirs
        command.error = theirs
        do {
            process = try ChildProcess(command, on: try TestServer.group.loops[0])
        } catch {
            close(ours)
            throw error
        }
    }

    deinit {
        process.signal(SIGKILL, toGroup: true)
        close(output)
    }

    /// Reads where it listens from its first line.
    func address() async throws -> SocketAddress {
        let line = try await line()
        guard let port = line.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw Silent(output: line)
        }
        return .loopback(port: port)
    }

    /// The next line of standard output or error.
    func line() async throws -> String {
        try await offThread { [output] in
            var line: [UInt8] = []
            var byte: UInt8 = 0
            while unsafe read(output, &byte, 1) == 1 {
                guard byte != 10 else { return String(decoding: line, as: UTF8.self) }
                line.append(byte)
            }
            throw Silent(output: String(decoding: line, as: UTF8.self))
        }
    }

    /// All that is left of its output, and how it ended.
    func end() async throws -> (output: String, exit: ChildProcess.Exit) {
        let text = try await offThread { [output] in
            var bytes: [UInt8] = []
            var byte: UInt8 = 0
            while unsafe read(output, &byte, 1) == 1 { bytes.append(byte) }
            return String(decoding: bytes, as: UTF8.self)
        }
        return (text, try await process.wait())
    }
}
