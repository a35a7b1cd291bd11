import Reactor

/// A server's part on one loop: it accepts, owns the connections, and is the isolation they all live in.
///
/// Its executor is the loop. What leaves it (a request's content) names a connection by number, so that a handle that
/// outlives its connection finds nothing instead of something else.
@safe actor ServerLoop {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private var context: ServerContext?
    private var acceptor: Acceptor?
    private var connections: [Int: ServerConnection] = [:]
    private var lastNumber = 0
    private var emptied: UnsafeContinuation<Void, Never>?
    private var hasGivenUp = false

    init(_ loop: EventLoop) { self.loop = loop }

    /// Begins to accept from a listening socket, which is this loop's from now on.
    func start(
        _ socket: Int32,
        _ settings: HTTPServerSettings,
        _ handler: @escaping HTTPHandler
    ) throws(SystemError) {
        let context = ServerContext(settings, handler, loop.local)
        self.context = context
        acceptor = try Acceptor(
            Descriptor(owning: socket),
            on: loop,
            exhausted: { error in
                context.counters.acceptPauses += 1
                settings.report?(.acceptPaused(error.description))
            },
            accepted: { [weak self] descriptor, address in
                let number = descriptor.release()
                self?.assumeIsolated { $0.accept(number, address) }
            }
        )
    }

    private func accept(_ number: Int32, _ address: SocketAddress?) {
        let descriptor = Descriptor(owning: number)
        guard let context else { return }
        let socket: StreamSocket
        do throws(SystemError) {
            socket = try adopt(descriptor, context)
        } catch {
            // The kernel watches no more descriptors; this connection closes, and somebody should know.
            context.settings.report?(.connectionDropped(error.description))
            return
        }
        context.counters.connectionsAccepted += 1
        context.counters.connectionsOpen += 1
        lastNumber += 1
        let number = lastNumber
        let connection = ServerConnection(number, socket, context, self, address)
        connections[number] = connection
        connection.task = Task(executorPreference: loop) { await self.serve(number) }
        guard connections.count >= context.settings.connectionsPerLoop else { return }
        context.counters.acceptPauses += 1
        acceptor?.pause()
    }

    private func adopt(
        _ descriptor: consuming Descriptor,
        _ context: ServerContext
    ) throws(SystemError) -> StreamSocket {
        try StreamSocket(adopting: descriptor, on: loop, shortestTimeout: context.settings.shortestTimeout)
    }

    private func serve(_ number: Int) async {
        guard let connection = connections[number] else { return }
        await connection.serve()
        connections[number] = nil
        context?.counters.connectionsOpen -= 1
        acceptor?.resume()
        if connections.isEmpty, let waiting = unsafe emptied.take() { unsafe waiting.resume() }
    }

    /// See ``HTTPServer/drain()``.
    ///
    /// - Returns: how many connections were cut.
    func drain() async -> Int {
        guard let context, !context.isDraining else { return 0 }
        context.isDraining = true
        acceptor?.ready(.readable)
        acceptor?.close()
        acceptor = nil
        for connection in connections.values { connection.beginDrain() }
        guard !connections.isEmpty else { return 0 }
        let timer = loop.local.schedule(at: loop.local.now + context.settings.drainTimeout) { [weak self] in
            self?.assumeIsolated { $0.giveUpDraining() }
        }
        await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { continuation in
                // The last connection may have ended, or the task been cancelled, while this call got here.
                guard !connections.isEmpty, !hasGivenUp else { return unsafe continuation.resume() }
                unsafe emptied = continuation
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.giveUpDraining() } }
        }
        loop.local.cancel(timer)
        for connection in connections.values { connection.cut() }
        return connections.count
    }

    private func giveUpDraining() {
        hasGivenUp = true
        if let waiting = unsafe emptied.take() { unsafe waiting.resume() }
    }

    var counters: HTTPServerCounters { context?.counters ?? HTTPServerCounters() }

    // MARK: What handlers hold

    /// The next piece of a request's content.
    func nextPiece(_ content: IncomingContent.Key) async throws -> [UInt8]? {
        guard let connection = connections[content.connection], connection.exchange == content.exchange else {
            throw HTTPConnectionError.exchangeOver
        }
        return try await connection.nextPiece()
    }

    /// The trailer fields of a request.
    func trailers(_ content: IncomingContent.Key) -> HTTPFields {
        guard let connection = connections[content.connection], connection.exchange == content.exchange else {
            return HTTPFields()
        }
        return connection.trailers
    }

    /// Reads from an upgraded connection.
    func read(_ number: Int) async throws -> [UInt8]? {
        guard let connection = connections[number] else { throw HTTPConnectionError.exchangeOver }
        return try await connection.readUpgraded()
    }

    /// Writes to an upgraded connection.
    func write(_ bytes: [UInt8], _ number: Int) async throws {
        guard let connection = connections[number] else { throw HTTPConnectionError.exchangeOver }
        try await connection.writeUpgraded(bytes)
    }

    /// Ends an upgraded connection's writing side.
    func finishWriting(_ number: Int) { connections[number]?.finishWritingUpgraded() }
}

/// Why a connection's bytes can't be read or written any more.
public enum HTTPConnectionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The request was answered or its connection ended; its content is gone.
    case exchangeOver
    /// The peer left in the middle.
    case peerLeft
    /// Two tasks read the same content at once.
    case readTwice

    /// What happened.
    public var description: String {
        switch self {
        case .exchangeOver: "the request is over; its content can't be read any more"
        case .peerLeft: "the peer left in the middle"
        case .readTwice: "two tasks read the same content at once"
        }
    }
}
