import Reactor
import Telemetry

/// Answers questions of DNS over UDP and TCP on one address, on the registry's loop.
@safe actor DNSServer {
    /// Datagrams that wait to be read, and connections that wait to be served; what comes beyond is dropped and counted.
    private static let backlog = 1024
    /// Questions that are answered at a time: an answer waits for the disk, as every answer does.
    private static let concurrency = 256
    private static let connectionLimit = 256
    /// How long a connection may take for a question.
    private static let patience = Duration.seconds(10)

    private struct Datagram: Sendable {
        let bytes: [UInt8]
        let sender: SocketAddress
    }

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let registry: RegistryActor
    private let metrics: DNSMetrics
    private let datagrams: AsyncStream<Datagram>
    private let arrived: AsyncStream<Datagram>.Continuation
    private let connections: AsyncStream<Int32>
    private let connected: AsyncStream<Int32>.Continuation
    private var socket: DatagramSocket?
    private var acceptor: Acceptor?
    private var open: [ObjectIdentifier: StreamSocket] = [:]

    init(_ registry: RegistryActor, _ metrics: DNSMetrics) {
        self.registry = registry
        self.metrics = metrics
        loop = registry.loop
        (datagrams, arrived) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.backlog))
        (connections, connected) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.backlog))
    }

    /// Begins to receive; a port of 0 lets the kernel choose one, the same for both.
    ///
    /// - Returns: where it listens.
    /// - Throws: `SystemError`, naming the address.
    func start(at address: SocketAddress) throws(SystemError) -> SocketAddress {
        var attempts = address.port == 0 ? 10 : 1
        while true {
            attempts -= 1
            do throws(SystemError) { return try bind(at: address) } catch {
                // The port that was free for datagrams is another's for connections.
                guard attempts > 0 else { throw error }
            }
        }
    }

    private func bind(at address: SocketAddress) throws(SystemError) -> SocketAddress {
        let socket = try DatagramSocket(at: address, on: loop) { [arrived, metrics] bytes, sender in
            if case .dropped = arrived.yield(Datagram(bytes: bytes, sender: sender)) { metrics.dropped.add() }
        }
        do throws(SystemError) {
            var sockets = try ListeningSockets.open(socket.address, count: 1)
            guard let listening = sockets.take() else { return socket.address }
            acceptor = try Acceptor(
                listening,
                on: loop,
                exhausted: { [registry] error in
                    registry.logger.warning("DNS connections wait", ["reason": .string("\(error)")])
                },
                accepted: { [connected, metrics] descriptor, _ in
                    let number = descriptor.release()
                    guard case .dropped = connected.yield(number) else { return }
                    metrics.dropped.add()
                    _ = Descriptor(owning: number)
                }
            )
        } catch {
            socket.close()
            throw error
        }
        self.socket = socket
        return socket.address
    }

    /// Answers until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await self.answerDatagrams() }
            tasks.addTask { await self.serveConnections() }
        }
        close()
    }

    private func close() {
        socket?.close()
        acceptor?.close()
        socket = nil
        acceptor = nil
    }

    // MARK: UDP

    private func answerDatagrams() async {
        await withTaskGroup(of: Void.self) { tasks in
            var running = 0
            for await datagram in datagrams {
                if running >= Self.concurrency {
                    await tasks.next()
                    running -= 1
                }
                running += 1
                tasks.addTask(executorPreference: self.loop) { await self.answer(datagram) }
            }
        }
    }

    private func answer(_ datagram: Datagram) async {
        guard let message = await answer(datagram.bytes, isStream: false) else { return }
        socket?.send(message, to: datagram.sender)
    }

    // MARK: TCP

    private func serveConnections() async {
        await withDiscardingTaskGroup { tasks in
            for await number in connections {
                let descriptor = Descriptor(owning: number)
                guard open.count < Self.connectionLimit,
                    let socket = try? StreamSocket(
                        adopting: descriptor,
                        on: loop,
                        shortestTimeout: .seconds(1)
                    )
                else {
                    metrics.dropped.add()
                    continue
                }
                let id = ObjectIdentifier(socket)
                open[id] = socket
                tasks.addTask(executorPreference: self.loop) { await self.serve(id) }
            }
            for socket in open.values { socket.close() }
        }
    }

    private func serve(_ id: ObjectIdentifier) async {
        guard let socket = open[id] else { return }
        defer {
            socket.close()
            open[id] = nil
        }
        var received: [UInt8] = []
        while let question = await question(from: socket, &received) {
            guard let message = await answer(question, isStream: true) else { return }
            var framed: [UInt8] = []
            framed.append(number: UInt16(message.count))
            guard await send(framed + message, to: socket) else { return }
        }
    }

    /// The next message, which stands behind its length (RFC 1035 §4.2.2); nil when the connection is to end.
    private func question(from socket: StreamSocket, _ received: inout [UInt8]) async -> [UInt8]? {
        socket.deadline = loop.local.now + Self.patience
        while true {
            if received.count >= 2 {
                let count = Int(received[0]) << 8 | Int(received[1])
                guard count <= DNSQuery.limit else { return nil }
                if received.count >= count + 2 {
                    defer { received.removeFirst(count + 2) }
                    return Array(received[2..<count + 2])
                }
            }
            switch unsafe socket.read(into: loop.local.scratch) {
            case .bytes(let count):
                // The scratch room is ours until the next suspension, and `count` bytes of it were just filled.
                unsafe received.append(contentsOf: loop.local.scratch[..<count])
            case .wouldBlock: guard await socket.readable() == .ready else { return nil }
            case .end, .failed: return nil
            }
        }
    }

    private func send(_ bytes: [UInt8], to socket: StreamSocket) async -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            // The kernel reads the bytes within the call.
            switch unsafe rest.withUnsafeBytes({ unsafe socket.write($0) }) {
            case .bytes(let count): rest = rest.dropFirst(count)
            case .wouldBlock: guard await socket.writable() == .ready else { return false }
            case .failed: return false
            }
        }
        return true
    }

    // MARK: Questions

    /// The answer to a message; nil for what is none, and for a registry that can't write its log.
    private func answer(_ bytes: [UInt8], isStream: Bool) async -> [UInt8]? {
        let transport = isStream ? metrics.tcp : metrics.udp
        transport.add()
        switch DNSQuery.read(bytes) {
        case .ignored: return nil
        case .refused(let id, let wantsRecursion, let code):
            return DNSAnswer.refusal(id: id, wantsRecursion: wantsRecursion, code)
        case .query(let query):
            let limit = isStream ? DNSAnswer.streamLimit : DNSAnswer.datagramLimit(of: query)
            let message = try? await registry.read { (state) throws(Refusal) in
                DNSZone(state).answer(to: query).message(to: query, limit: limit)
            }
            return message
                ?? DNSAnswer.refusal(id: query.id, wantsRecursion: query.wantsRecursion, .serverFailure)
        }
    }
}
