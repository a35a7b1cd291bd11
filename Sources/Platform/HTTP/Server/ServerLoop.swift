import Reactor

/// A server's part on one loop: it accepts, owns the connections, and is the isolation they all live in.
///
/// Its executor is the loop. What leaves it (a request's content) names a connection by slot and request, so that a
/// handle that outlives its request finds nothing instead of something else.
@safe actor ServerLoop {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private var context: ServerContext?
    private var connections: ServerConnections?

    init(_ loop: EventLoop) { self.loop = loop }

    /// Begins to accept from a listening socket, which is this loop's from now on.
    func start(
        _ socket: Int32,
        _ settings: HTTPServerSettings,
        _ handler: @escaping HTTPHandler
    ) throws(SystemError) {
        let context = ServerContext(settings, handler, loop.local)
        let connections = ServerConnections(loop, context, self)
        self.context = context
        self.connections = connections
        try connections.start(Descriptor(owning: socket))
    }

    /// Serves a connection's clients, one after another, until it is parked or not needed any more.
    func work(_ slot: Int) async {
        guard let connections, let connection = connections.connection(slot) else { return }
        repeat {
            guard await connection.serve() else { return }
            connections.ended()
        } while await connections.rest(connection)
    }

    /// See ``HTTPServer/drain()``.
    ///
    /// - Returns: how many connections were cut.
    func drain() async -> Int { await connections?.drain() ?? 0 }

    /// Waits for the last connection's end, or for draining to be given up, as it is when the task is cancelled.
    func waitUntilEmpty() async {
        await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { continuation in
                guard let connections else { return unsafe continuation.resume() }
                unsafe connections.notifyWhenEmpty(continuation)
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.connections?.giveUpDraining() } }
        }
    }

    var counters: HTTPServerCounters { context?.counters ?? HTTPServerCounters() }

    // MARK: What handlers hold

    /// The next piece of a request's content.
    func nextPiece(_ key: IncomingContent.Key) async throws -> [UInt8]? {
        try await connection(key).nextPiece()
    }

    /// The trailer fields of a request.
    func trailers(_ key: IncomingContent.Key) -> HTTPFields {
        connections?.connection(key)?.trailers ?? HTTPFields()
    }

    /// Reads from an upgraded connection.
    func read(_ key: IncomingContent.Key) async throws -> [UInt8]? {
        try await connection(key).readUpgraded()
    }

    /// Writes to an upgraded connection.
    func write(_ bytes: [UInt8], _ patience: Duration?, _ key: IncomingContent.Key) async throws {
        try await connection(key).writeUpgraded(bytes, patience)
    }

    /// Ends an upgraded connection's writing side.
    func finishWriting(_ key: IncomingContent.Key) { connections?.connection(key)?.finishWritingUpgraded() }

    /// Closes an upgraded connection: at once on its loop, from elsewhere soon.
    nonisolated func close(_ key: IncomingContent.Key, reset: Bool) {
        guard loop.isCurrent else { return loop.execute { self.close(key, reset: reset) } }
        assumeIsolated { $0.connections?.connection(key)?.socket.close(reset: reset) }
    }

    /// Wakes who reads from an upgraded connection, soon.
    nonisolated func wakeReader(_ key: IncomingContent.Key) {
        loop.execute { self.assumeIsolated { $0.connections?.connection(key)?.source.wakeRaw() } }
    }

    private func connection(_ key: IncomingContent.Key) throws(HTTPConnectionError) -> ServerConnection {
        guard let connection = connections?.connection(key) else { throw .exchangeOver }
        return connection
    }
}
