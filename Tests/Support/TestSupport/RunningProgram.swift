import Foundation
import JSON
package import Reactor
package import Supervision

/// One of our programs as a process of its own, ended with this object at the latest.
package final class RunningProgram: Sendable {
    /// A line that did not come.
    package struct Silent: Error { let output: String }

    package let process: SupervisedProcess

    /// How long a test waits for a line.
    private static let patience = Duration.seconds(50)

    /// Starts a product that was built beside the tests.
    ///
    /// - Parameters:
    ///   - product: its name.
    ///   - arguments: its arguments.
    ///   - environment: variables beside those of the tests; no `CONSUL_*` of theirs is handed down.
    ///   - setup: a shell command that stands before it, such as `ulimit -n 64`.
    /// - Throws: ``Program/Missing`` where it was not built; `SystemError`.
    package init(
        _ product: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        setup: String? = nil
    ) throws {
        guard let path = Program.product(product) else { throw Program.Missing(program: product) }
        var command = ChildProcess.Command(path, arguments)
        if let setup {
            command = ChildProcess.Command(
                "/bin/sh",
                ["-c", "\(setup); exec \"$0\" \"$@\"", path] + arguments
            )
        }
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CONSUL_") }
        command.environment = inherited.merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }
        process = try SupervisedProcess(command, on: try TestLoops.one.loops[0])
    }

    /// The next line of its output or error; nil at the end.
    package func line() async throws -> String? {
        let loop = try TestLoops.one.loops[0]
        return try await withThrowingTaskGroup(of: String?.self) { [process] tasks in
            tasks.addTask { await process.line() }
            tasks.addTask {
                try await loop.sleep(for: Self.patience)
                throw Silent(output: "nothing for \(Self.patience)")
            }
            defer { tasks.cancelAll() }
            return try await tasks.next() ?? nil
        }
    }

    /// Reads on to the first line of which `body` makes something.
    package func find<Value>(_ body: (String) -> Value?) async throws -> Value {
        var seen = ""
        while let line = try await line() {
            if let value = body(line) { return value }
            seen += line + "\n"
        }
        throw Silent(output: seen)
    }

    /// Reads where it listens from a line that ends with a port, as `hello` and `vigie registry` write it.
    package func listening() async throws -> SocketAddress {
        try await find { line in line.split(separator: ":").last.flatMap { UInt16($0) } }.loopback
    }

    /// Reads on to the line by which a service says that it serves; its addresses.
    package func serving() async throws -> (service: SocketAddress, admin: SocketAddress) {
        try await find { line in
            guard let value = try? JSONText.decode(JSONValue.self, from: Array(line.utf8)),
                value["msg"]?.string == "serving",
                let service = Self.address(value["address"]?.string),
                let admin = Self.address(value["admin"]?.string)
            else { return nil }
            return (service, admin)
        }
    }

    private static func address(_ url: String?) -> SocketAddress? {
        url?.split(separator: ":").last.flatMap { UInt16($0)?.loopback }
    }

    /// All that is left of its output, and how it ended.
    package func end() async throws -> (output: String, exit: ChildProcess.Exit) {
        var text = ""
        while let line = try await line() { text += line + "\n" }
        guard let exit = await process.ended() else { throw CancellationError() }
        return (text, exit)
    }
}

extension RunningProgram {
    /// Starts a service on free ports, with one loop.
    package static func service(
        _ product: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws -> RunningProgram {
        let settings = [
            "VIGIE_SERVER_PORT": "0", "VIGIE_SERVER_LOOPS": "1", "VIGIE_DISCOVERY_SNAPSHOTS": "",
        ]
        return try RunningProgram(product, arguments, environment: settings.merging(environment) { $1 })
    }
}

extension UInt16 {
    fileprivate var loopback: SocketAddress { .loopback(port: self) }
}
