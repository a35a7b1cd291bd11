import Reactor

/// The connections of a server on one loop, each in a slot of its own.
///
/// One that has ended rests with its task, its buffers and its parser, and serves a later client: making them anew
/// would cost more than a short connection's work. Lives in the isolation of its ``ServerLoop``.
@safe final class ServerConnections {
    /// How many ended connections are kept; a kept one holds its task's memory: some 3 KiB, at a gateway 20.
    private static let spareLimit = 128

    private let loop: EventLoop
    private let context: ServerContext
    private unowned let server: ServerLoop
    private var acceptor: Acceptor?
    private var slots: [ServerConnection?] = []
    private var freeSlots: [Int] = []
    private var spares: [ServerConnection] = []
    private var openCount = 0
    private var emptied: UnsafeContinuation<Void, Never>?
    private var hasGivenUp = false

    init(_ loop: EventLoop, _ context: ServerContext, _ server: ServerLoop) {
        self.loop = loop
        self.context = context
        self.server = server
    }

    /// Begins to accept from a listening socket.
    func start(_ socket: consuming Descriptor) throws(SystemError) {
        acceptor = try Acceptor(
            socket,
            on: loop,
            exhausted: { [context] error in
                context.tally.acceptPauses += 1
                context.settings.report?(.acceptPaused(error.description))
            },
            accepted: { [weak self] descriptor, address in self?.accept(descriptor, address) }
        )
    }

    private func accept(_ descriptor: consuming Descriptor, _ address: SocketAddress?) {
        do throws(SystemError) {
            try serve(descriptor, address)
        } catch {
            // The kernel watches no more descriptors; this connection closes, and somebody should know.
            context.settings.report?(.connectionDropped(error.description))
            return
        }
        context.tally.connectionsAccepted += 1
        context.tally.connectionsOpen += 1
        openCount += 1
        guard openCount >= context.settings.connectionsPerLoop else { return }
        context.tally.acceptPauses += 1
        acceptor?.pause()
    }

    private func serve(_ descriptor: consuming Descriptor, _ address: SocketAddress?) throws(SystemError) {
        if let connection = spares.last {
            try connection.socket.reopen(adopting: descriptor)
            spares.removeLast()
            connection.begin(with: address)
            return
        }
        let socket = try StreamSocket(
            adopting: descriptor,
            on: loop,
            shortestTimeout: context.settings.shortestTimeout
        )
        let slot = takeSlot()
        let connection = ServerConnection(slot, socket, context, server)
        slots[slot] = connection
        connection.begin(with: address)
        connection.start()
    }

    private func takeSlot() -> Int {
        if let slot = freeSlots.popLast() { return slot }
        slots.append(nil)
        return slots.count - 1
    }

    /// The connection in a slot, whatever it serves.
    func connection(_ slot: Int) -> ServerConnection? { slots[slot] }

    /// The connection of a request that is not over.
    func connection(_ key: IncomingContent.Key) -> ServerConnection? {
        guard let connection = slots[key.slot], connection.exchange == key.exchange else { return nil }
        return connection
    }

    /// A client is gone.
    func ended() {
        context.tally.connectionsOpen -= 1
        openCount -= 1
        acceptor?.resume()
        if openCount == 0, let waiting = unsafe emptied.take() { unsafe waiting.resume() }
    }

    /// Waits for another client; false when the connection is not needed any more, and gone then.
    @inline(never)
    func rest(_ connection: ServerConnection) async -> Bool {
        let isWanted = unsafe await withUnsafeContinuation { continuation in
            guard connection.isReusable, !context.isDraining, spares.count < Self.spareLimit else {
                return unsafe continuation.resume(returning: false)
            }
            unsafe connection.next = continuation
            spares.append(connection)
        }
        guard !isWanted else { return true }
        connection.socket.retire()
        slots[connection.slot] = nil
        freeSlots.append(connection.slot)
        return false
    }

    /// See ``HTTPServer/drain()``.
    ///
    /// - Returns: how many connections were cut.
    func drain() async -> Int {
        guard !context.isDraining else { return 0 }
        context.isDraining = true
        acceptor?.ready(.readable)
        acceptor?.close()
        acceptor = nil
        let resting = spares
        spares = []
        for connection in resting { connection.wake(false) }
        for connection in open { connection.beginDrain() }
        guard openCount > 0 else { return 0 }
        let timer = loop.local.schedule(at: loop.local.now + context.settings.drainTimeout) { [weak self] in
            self?.giveUpDraining()
        }
        await server.waitUntilEmpty()
        loop.local.cancel(timer)
        let rest = open
        for connection in rest { connection.cut() }
        return rest.count
    }

    private var open: [ServerConnection] { slots.compactMap { $0 }.filter(\.isServing) }

    /// Resumes when the last connection has ended or draining is given up.
    func notifyWhenEmpty(_ continuation: UnsafeContinuation<Void, Never>) {
        // The last connection may have ended, or the task been cancelled, while the call got here.
        guard openCount > 0, !hasGivenUp else { return unsafe continuation.resume() }
        unsafe emptied = continuation
    }

    /// Ends the wait for the last connections.
    func giveUpDraining() {
        hasGivenUp = true
        if let waiting = unsafe emptied.take() { unsafe waiting.resume() }
    }
}
