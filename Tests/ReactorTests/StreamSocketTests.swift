import Glibc
import Reactor
import TestSupport
import Testing

@Suite("stream sockets", .timeLimit(.minutes(1))) struct StreamSocketTests {
    let loop: EventLoop

    init() throws { loop = try TestLoops.two.loops[0] }

    /// Connects on the loop; the error, or nil when that worked.
    private func connect(
        to address: SocketAddress,
        within time: Duration = .seconds(20)
    ) async -> SystemError? {
        await Task(executorPreference: loop) { [loop] in
            do throws(SystemError) {
                let deadline = MonotonicInstant.now + time
                let socket = try await StreamSocket.connect(
                    to: address,
                    on: loop,
                    deadline: deadline,
                    shortestTimeout: .milliseconds(10)
                )
                socket.close()
                return nil
            } catch {
                return error
            }
        }.value
    }

    @Test("one that is refused says so, with the address")
    func refused() async throws {
        let address = try { try ListeningSockets.open(.loopback(port: 0), count: 1).address }()
        let error = await connect(to: address)
        #expect(error?.code == ECONNREFUSED)
        #expect(error?.description.contains("\(address)") == true)
    }

    @Test("a Unix socket that is not there says so")
    func noFile() async throws {
        let folder = try TemporaryFolder()
        #expect(await connect(to: .unix(path: folder.path + "/x.sock"))?.code == ENOENT)
    }

    @Test("one that nobody answers times out")
    func timesOut() async throws {
        let full = try FullListener()
        let began = MonotonicInstant.now
        #expect(await connect(to: full.address, within: .milliseconds(150))?.code == ETIMEDOUT)
        #expect(MonotonicInstant.now - began >= .milliseconds(150))
    }

    /// A listener whose queue is full: the kernel drops what else wants to connect.
    private final class FullListener {
        let address: SocketAddress
        private var numbers: [Int32] = []

        init() throws {
            var sockets = try ListeningSockets.open(.loopback(port: 0), count: 1)
            address = sockets.address
            guard let listener = sockets.take()?.release() else { throw SystemError("listen") }
            numbers.append(listener)
            listen(listener, 0)
            // One for the queue, one more for the kernel's way of counting, one that already hangs.
            for _ in 0..<3 { numbers.append(Self.begin(address)) }
        }

        deinit { for number in numbers { close(number) } }

        private static func begin(_ address: SocketAddress) -> Int32 {
            let type =
                Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let number = socket(AF_INET, type, 0)
            var form = sockaddr_in()
            form.sin_family = sa_family_t(AF_INET)
            form.sin_port = (address.port ?? 0).bigEndian
            form.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            unsafe withUnsafePointer(to: form) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = unsafe Glibc.connect(number, $0, size)
                }
            }
            return number
        }
    }

    // MARK: A pair of sockets

    /// What one end of a pair is told.
    private final class Owner: StreamSocketOwner {
        let events: Events<String>

        init(_ events: Events<String>) { self.events = events }

        func socketHasInput() {}
        func socketHungUp() { events.note("hung up") }
        func socketDeadlinePassed() { events.note("deadline") }
    }

    /// Runs `body` on the loop with one end as a stream socket and the other as a plain descriptor.
    private func withPair<Value: Sendable>(
        _ body: @escaping @Sendable (borrowing Pair) async throws -> Value
    ) async throws -> Value {
        try await Task(executorPreference: loop) { [loop] in
            var ends: [Int32] = [-1, -1]
            let type =
                Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemError("socketpair") }
            let peer = Descriptor(owning: ends[1])
            let socket = try StreamSocket(
                adopting: Descriptor(owning: ends[0]),
                on: loop,
                shortestTimeout: .milliseconds(5)
            )
            defer { socket.close() }
            return try await body(Pair(socket: socket, peer: peer))
        }.value
    }

    private struct Pair: ~Copyable {
        let socket: StreamSocket
        let peer: Descriptor

        func sendFromPeer(_ text: String) { unsafe write(peer.number, text, text.utf8.count) }

        func read() -> StreamSocket.ReadResult { unsafe socket.read(into: socket.local.scratch) }
    }

    @Test("a wait ends when bytes come; reading gives them, then says that there are none")
    func reads() async throws {
        try await withPair { pair in
            #expect(pair.read() == .wouldBlock)
            pair.sendFromPeer("12345")
            #expect(await pair.socket.readable() == .ready)
            #expect(pair.read() == .bytes(5))
            #expect(pair.read() == .wouldBlock)
            shutdown(pair.peer.number, Int32(SHUT_WR))
            #expect(await pair.socket.readable() == .ready)
            #expect(pair.read() == .end)
            #expect(pair.socket.isPeerClosed)
        }
    }

    @Test("a wait ends with the deadline, and a later wait has its own")
    func deadline() async throws {
        try await withPair { pair in
            for _ in 0..<2 {
                let deadline = MonotonicInstant.now + .milliseconds(30)
                pair.socket.deadline = deadline
                #expect(await pair.socket.readable() == .timedOut)
                #expect(MonotonicInstant.now >= deadline)
                #expect(pair.socket.deadline == .distantFuture)
            }
        }
    }

    @Test("a deadline that passes while nobody waits is told to the owner, and to the next wait")
    func deadlineOfNobody() async throws {
        let events = Events<String>()
        try await withPair { pair in
            pair.socket.owner = Owner(events)
            pair.socket.deadline = .now + .milliseconds(20)
            #expect(await events.next() == "deadline")
            #expect(await pair.socket.readable() == .timedOut)
            pair.socket.deadline = .distantFuture
            pair.sendFromPeer("x")
            #expect(await pair.socket.readable() == .ready)
        }
    }

    @Test("writing stops when there is no room, and goes on when there is")
    func writes() async throws {
        try await withPair { pair in
            let socket = pair.socket
            let bytes = [UInt8](repeating: 120, count: 1 << 16)
            var sent = 0
            filling: while true {
                switch unsafe bytes.withUnsafeBytes({ unsafe socket.write($0) }) {
                case .bytes(let count): sent += count
                case .wouldBlock: break filling
                case .failed(let code):
                    Issue.record("error \(code)")
                    break filling
                }
            }
            socket.deadline = .now + .milliseconds(20)
            #expect(await socket.writable() == .timedOut)
            var received = 0
            var room = [UInt8](repeating: 0, count: 1 << 16)
            while received < sent {
                let count = unsafe recv(pair.peer.number, &room, room.count, 0)
                guard count > 0 else { break }
                received += count
            }
            #expect(received == sent)
            #expect(await socket.writable() == .ready)
        }
    }

    @Test("the peer's end hangs up, and closing lets go of the owner and ends a wait")
    func closes() async throws {
        let events = Events<String>()
        let loop = loop
        try await withPair { pair in
            let socket = pair.socket
            socket.owner = Owner(events)
            let number = pair.peer.number
            shutdown(number, Int32(SHUT_RDWR))
            #expect(await events.next() == "hung up")
            #expect(socket.isHungUp)
            socket.close()
            #expect(socket.isClosed)
            #expect(socket.owner == nil)
            #expect(await socket.readable() == .closed)
            #expect(await socket.writable() == .closed)
            #expect(pair.read() == .failed(EBADF))
        }
        try await withPair { pair in
            let socket = pair.socket
            let timer = loop.local.schedule(at: .now + .milliseconds(5)) { socket.close() }
            #expect(await socket.readable() == .closed)
            loop.local.cancel(timer)
        }
    }
}
