import Foundation
import Glibc
import Reactor
import TestSupport
import Testing

@Suite("listening sockets", .timeLimit(.minutes(1))) struct ListeningSocketsTests {
    /// The error of trying to listen there; nil when that works.
    private func failure(_ address: SocketAddress) -> SystemError? {
        do throws(SystemError) {
            _ = try ListeningSockets.open(address, count: 1)
            return nil
        } catch {
            return error
        }
    }

    @Test("port 0 becomes the one that the kernel chose, the same for all loops", arguments: [1, 2, 5])
    func sharesPort(count: Int) throws {
        var sockets = try ListeningSockets.open(.loopback(port: 0), count: count)
        #expect(sockets.address.port != 0)
        var numbers: Set<Int32> = []
        var taken: [Int32] = []
        while let socket = sockets.take() {
            numbers.insert(socket.number)
            taken.append(socket.release())
        }
        #expect(numbers.count == count)
        for number in taken { close(number) }
    }

    @Test("a second claim of a port is refused, and the error says what to do")
    func secondClaim() throws {
        let first = try ListeningSockets.open(.loopback(port: 0), count: 2)
        let error = try #require(failure(first.address))
        #expect(error.code == EADDRINUSE)
        #expect(error.description.contains("listen on \(first.address)"))
        #expect(error.description.contains("choose another port"))
    }

    @Test("a port is free again when its sockets are closed")
    func freed() throws {
        let address = try { try ListeningSockets.open(.loopback(port: 0), count: 2).address }()
        #expect(try openSoon(address).address == address)
    }

    @Test("another process is refused too", .enabled(if: Program.product("hello") != nil))
    func otherProcess() async throws {
        let first = try ListeningSockets.open(.loopback(port: 0), count: 2)
        let port = try #require(first.address.port)
        let program = try #require(Program.product("hello"))
        let loop = try TestLoops.two.loops[0]
        let other = try ChildProcess(.init(program, ["--port", "\(port)"]), on: loop)
        #expect(try await other.wait() == .exited(1))
    }

    @Test("an address of another machine is refused (RFC 5737)")
    func foreign() throws {
        let address = try #require(SocketAddress(numericHost: "192.0.2.1", port: 0))
        #expect(failure(address)?.code == EADDRNOTAVAIL)
    }

    // MARK: Unix

    @Test("a socket file that nobody listens on is replaced, a live one is not")
    func staleFile() throws {
        let folder = try TemporaryFolder()
        let address = SocketAddress.unix(path: folder.path + "/x.sock")
        // Its descriptors close, its file stays: what a process that was killed leaves.
        do { _ = try ListeningSockets.open(address, count: 2) }
        let second = try openSoon(address)
        #expect(second.address == address)
        #expect(failure(address)?.code == EADDRINUSE)
    }

    /// Tries again while it is taken: a child that another test starts just then holds all descriptors until it is another
    /// program.
    private func openSoon(_ address: SocketAddress) throws(SystemError) -> ListeningSockets {
        for _ in 0..<10_000 {
            do throws(SystemError) {
                return try ListeningSockets.open(address, count: 2)
            } catch {
                guard error.code == EADDRINUSE else { throw error }
            }
        }
        throw SystemError(code: EADDRINUSE, operation: "listen on \(address)")
    }

    @Test("a file that is no socket is left alone")
    func otherFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/x.sock"
        try "kept".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(failure(.unix(path: path))?.code == EEXIST)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "kept")
    }

    @Test("a folder that is not there is named")
    func noFolder() throws {
        let folder = try TemporaryFolder()
        let error = try #require(failure(.unix(path: folder.path + "/no/x.sock")))
        #expect(error.code == ENOENT)
        #expect(error.description.contains(folder.path))
    }
}
