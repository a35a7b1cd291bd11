import Foundation
import Glibc
import Reactor

/// The example server as a program of its own, started by the shell and ended with this object.
final class HelloProcess: Sendable {
    /// A line that did not come.
    struct Silent: Error { let output: String }

    let process: ChildProcess
    private let output: Int32

    /// The product beside the test bundle.
    static let program: String? = {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = bundle.deletingLastPathComponent().appending(path: "hello").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    /// Starts `hello` with `arguments` behind `setup`, shell commands such as `ulimit -n 64`.
    init(_ arguments: [String], setup: String = ":") throws {
        guard let program = Self.program else { throw Silent(output: "no hello beside the tests") }
        var pair: [Int32] = [-1, -1]
        // A pair of sockets, since they close on exec from the beginning: no other child can hold them open.
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &pair) == 0 else {
            throw RawSocket.Failure(call: "socketpair", code: errno)
        }
        defer { close(pair[1]) }
        output = pair[0]
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        unsafe setsockopt(output, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var command = ChildProcess.Command(
            "/bin/sh",
            ["-c", "\(setup); exec \"$0\" \"$@\"", program] + arguments
        )
        command.output = pair[1]
        command.error = pair[1]
        do {
            process = try ChildProcess(command, on: try TestServer.group.loops[0])
        } catch {
            close(pair[0])
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
