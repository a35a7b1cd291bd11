import Glibc
import Reactor
import TestSupport
import Testing

@testable import HTTP

/// A program that serves until it is told to end.
final class PeerServer: Sendable {
    private let process: ChildProcess
    private let output: BlockingSocket

    private init(_ program: String, _ arguments: [String]) throws {
        let (ours, theirs) = try SocketPair.make()
        output = BlockingSocket(owning: ours)
        defer { close(theirs) }
        process = try Program.start(program, arguments, output: theirs)
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
        let program = try #require(Program.product(product), "\(product) is not built")
        try await run(program, arguments + ["--port", "0"], isReady: announced, body)
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
