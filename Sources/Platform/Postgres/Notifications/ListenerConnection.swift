import Reactor

/// One listener's connection on its loop, made again whenever it is lost.
@safe final class ListenerConnection: ReadinessHandler {
    let listen: String
    private let local: LoopLocal
    private var wire: Wire?
    /// What is watched. libpq closes it by itself when reading fails, and then no longer says which it was.
    private var socket: Int32 = -1
    private var backoff = Backoff()
    private var hasEnd = false
    private var isWoken = false
    private(set) var isOver = false
    private var waiter: UnsafeContinuation<Void, Never>?

    /// - Throws: ``PostgresError`` for a channel that is no name.
    init(_ channels: [String], _ local: LoopLocal) throws(PostgresError) {
        self.local = local
        var script = SQL(text: "")
        for channel in channels { script.append("LISTEN \(SQL.identifier(channel)); ") }
        if let failure = script.failure { throw failure }
        listen = script.text
    }

    /// Whether it has a connection.
    var isConnected: Bool { wire != nil }

    /// How long to wait before the next attempt, in nanoseconds.
    func nextPause() -> Int64 { backoff.next() }

    /// Takes a new connection and sends LISTEN.
    func begin(_ wire: Wire) async throws(PostgresError) {
        // Ended while the connection was made.
        guard !isOver else { return }
        guard wire.setNonBlocking() else { throw PostgresError(.notConnected, wire.message) }
        do throws(SystemError) {
            try local.register(wire.socket, for: [.readable, .writable, .peerClosed], handler: self)
        } catch {
            throw PostgresError(.notConnected, error.description)
        }
        (self.wire, socket) = (wire, wire.socket)
        (hasEnd, isWoken) = (false, true)
        if !wire.sendScript(listen) { drop() }
        var failure: PostgresError?
        while let wire = self.wire, !isOver {
            guard !wire.isBusy else {
                await read()
                continue
            }
            guard let result = wire.next() else { break }
            if result.status == .failed { failure = result.error }
        }
        if let failure {
            drop()
            throw failure
        }
        guard isConnected || isOver else { throw PostgresError(.connectionLost, "lost before it listened") }
        backoff.reset()
    }

    /// The next notification; nil when the connection is lost, or the listener ended.
    func next() async -> PostgresNotification? {
        while let wire, !isOver {
            if let notification = wire.notification() { return notification }
            await read()
        }
        return nil
    }

    /// Waits for an edge and reads; with TLS once more, for what is left of a record.
    private func read() async {
        // libpq gives up by itself on a server that does not keep to the protocol.
        guard wire?.isBad == false else { return drop() }
        if !isWoken {
            unsafe await withUnsafeContinuation { continuation in
                guard !isWoken else { return unsafe continuation.resume() }
                unsafe waiter = continuation
            }
        }
        isWoken = false
        guard let wire, !isOver else { return }
        for _ in 0..<(wire.usesTLS ? 2 : 1) { guard wire.consume() else { return drop() } }
        guard wire.flush() != nil else { return drop() }
        isWoken = wire.hasUnread || hasEnd
    }

    func ready(_ readiness: Readiness) {
        if !readiness.isDisjoint(with: [.peerClosed, .hangup]) { hasEnd = true }
        wake()
    }

    private func wake() {
        isWoken = true
        if let waiting = unsafe waiter.take() { unsafe waiting.resume() }
    }

    private func drop() {
        guard let wire else { return }
        local.unregister(socket)
        wire.close()
        self.wire = nil
    }

    /// Ends it for good.
    func close() {
        isOver = true
        drop()
        wake()
    }
}
