import Foundation
import Glibc
import HTTP
import Reactor
import TestSupport

/// `vigie registry` as a program of its own, killed with this object.
final class RegistryProcess: Sendable {
    /// A line that did not come.
    struct Silent: Error { let output: String }

    static let program = Program.product("vigie")

    let process: ChildProcess
    private let output: Int32

    init(_ arguments: [String]) throws {
        guard let program = Self.program else { throw Silent(output: "no vigie beside the tests") }
        let (ours, theirs) = try SocketPair.make()
        defer { close(theirs) }
        output = ours
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        unsafe setsockopt(output, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var command = ChildProcess.Command(
            "/bin/sh",
            ["-c", "exec \"$0\" \"$@\" 2>&1", program, "registry"] + arguments
        )
        command.output = theirs
        do {
            process = try ChildProcess(command, on: try TestLoops.one.loops[0])
        } catch {
            close(ours)
            throw error
        }
    }

    deinit {
        process.signal(SIGKILL)
        close(output)
    }

    /// Reads where it listens, and drops what it writes from then on.
    func client() async throws -> RegistryClient {
        let line = try await firstLine()
        guard line.hasPrefix("vigie registry: listening on"),
            let port = line.split(separator: ":").last.flatMap({ UInt16($0) })
        else { throw Silent(output: line) }
        Thread.detachNewThread { [output] in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while unsafe read(output, &buffer, buffer.count) > 0 {}
        }
        return RegistryClient(HTTPDestination(.loopback(port: port)), on: try TestLoops.two)
    }

    /// The first line of its output.
    func firstLine() async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { [output] in
                var line: [UInt8] = []
                var byte: UInt8 = 0
                while unsafe read(output, &byte, 1) == 1, byte != 10 { line.append(byte) }
                continuation.resume(returning: String(decoding: line, as: UTF8.self))
            }
        }
    }
}
