import Foundation
import Glibc
import JSON
import Reactor
import TestSupport

/// One of our services as a program of its own, ended with this object.
final class ServiceProcess: Sendable {
    /// It was not built.
    struct Missing: Error { let product: String }
    /// A line that did not come.
    struct Silent: Error { let output: String }

    let process: ChildProcess
    private let output: Int32

    /// Starts `product` with settings, on free ports.
    ///
    /// Not by `Program.start`: its timeout(1) would cut a draining that takes its time.
    init(_ product: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws {
        guard let path = Program.product(product) else { throw Missing(product: product) }
        let pair = try SocketPair.make()
        output = pair.ours
        var patience = timeval(tv_sec: 50, tv_usec: 0)
        unsafe setsockopt(output, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var settings = ["VIGIE_SERVER_PORT": "0", "VIGIE_SERVER_LOOPS": "1"]
        settings.merge(environment) { $1 }
        var command = ChildProcess.Command(
            "env",
            settings.map { "\($0.key)=\($0.value)" } + [path] + arguments
        )
        (command.output, command.error) = (pair.theirs, pair.theirs)
        defer { close(pair.theirs) }
        do { process = try ChildProcess(command, on: try TestLoops.one.loops[0]) } catch {
            close(output)
            throw error
        }
    }

    deinit {
        process.signal(SIGKILL, toGroup: true)
        close(output)
        // A child that nobody waits for would be seen first, for ever, by those who wait for any child.
        var status: Int32 = 0
        unsafe waitpid(process.id, &status, 0)
    }

    /// Reads on to the line that says that it serves; its addresses.
    func serving() async throws -> (service: SocketAddress, admin: SocketAddress) {
        var seen = ""
        while let line = try await line() {
            seen += line + "\n"
            guard let value = try? JSONText.decode(JSONValue.self, from: Array(line.utf8)),
                value["msg"]?.string == "serving",
                let service = Self.address(value["address"]?.string),
                let admin = Self.address(value["admin"]?.string)
            else { continue }
            return (service, admin)
        }
        throw Silent(output: seen)
    }

    private static func address(_ url: String?) -> SocketAddress? {
        url?.split(separator: ":").last.flatMap { UInt16($0) }.map { .loopback(port: $0) }
    }

    /// The next line of standard output or error; nil at the end.
    func line() async throws -> String? {
        try await TestLoops.one.blocking.run { [output] in
            var line: [UInt8] = []
            var byte: UInt8 = 0
            while unsafe read(output, &byte, 1) == 1 {
                guard byte != UInt8(ascii: "\n") else { return String(decoding: line, as: UTF8.self) }
                line.append(byte)
            }
            return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
        }
    }

    /// All that is left of its output, and how it ended.
    func end() async throws -> (output: String, exit: ChildProcess.Exit) {
        var text = ""
        while let line = try await line() { text += line + "\n" }
        return (text, try await process.wait())
    }
}
