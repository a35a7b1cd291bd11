import Reactor

/// The waiting of a connection outside of pipeline mode: one task reads or writes by hand, as fast as it likes.
@safe final class DirectMode {
    private let connection: PostgresConnection
    private var isWoken = true
    private var interruption: PostgresError?
    private var waiter: UnsafeContinuation<Void, Never>?

    private init(_ connection: PostgresConnection) { self.connection = connection }

    /// Leaves pipeline mode on a leased connection.
    ///
    /// - Throws: ``PostgresError`` when something is still on its way.
    static func begin(_ connection: PostgresConnection) throws(PostgresError) -> DirectMode {
        guard !connection.isClosed, connection.load == 0, connection.wire.exitPipeline() else {
            throw connection.lostError
        }
        let mode = DirectMode(connection)
        connection.direct = mode
        return mode
    }

    /// Enters pipeline mode again.
    func end() throws(PostgresError) {
        connection.direct = nil
        guard connection.wire.enterPipeline() else { throw connection.lostError }
    }

    /// Sends a script and waits until all of it has run: its last result.
    func run(_ script: String, until deadline: MonotonicInstant) async throws(PostgresError) -> QueryResult? {
        let first = try await start(script, until: deadline)
        return try await rest(after: first, until: deadline)
    }

    /// Sends a script and waits for its first result.
    func start(_ script: String, until deadline: MonotonicInstant) async throws(PostgresError) -> QueryResult?
    {
        guard connection.wire.sendScript(script) else { throw connection.lostError }
        connection.flush()
        return try await next(until: deadline)
    }

    /// Waits for the end of a script; the first error among its results is thrown when all is over.
    func rest(
        after first: QueryResult?,
        until deadline: MonotonicInstant
    ) async throws(PostgresError) -> QueryResult? {
        var (last, result) = (first, first)
        var failure: PostgresError?
        while let current = result {
            if current.status == .failed, failure == nil { failure = current.error }
            // libpq would answer with it for ever.
            if current.status == .copyIn || current.status == .copyOut {
                throw PostgresError(.notEncodable, "a script holds no COPY from or to the client")
            }
            last = current
            result = try await next(until: deadline)
        }
        if let failure { throw failure }
        return last
    }

    private func next(until deadline: MonotonicInstant) async throws(PostgresError) -> QueryResult? {
        while connection.wire.isBusy { try await read(until: deadline) }
        return connection.wire.next()
    }

    /// Offers bytes, as often as it takes.
    func put(_ bytes: [UInt8], until deadline: MonotonicInstant) async throws(PostgresError) {
        while true {
            guard let isTaken = connection.wire.putCopy(bytes.span) else { throw connection.lostError }
            connection.flush()
            if isTaken { break }
            try await read(until: deadline)
        }
        // libpq's buffer would take any amount: what is not sent waits here.
        while connection.wire.flush() == false { try await read(until: deadline) }
    }

    /// Ends a COPY into the server and waits for how it ended.
    func endPut(until deadline: MonotonicInstant) async throws(PostgresError) -> QueryResult? {
        while true {
            guard let isTaken = connection.wire.endCopy(nil) else { throw connection.lostError }
            connection.flush()
            if isTaken { break }
            try await read(until: deadline)
        }
        return try await rest(after: next(until: deadline), until: deadline)
    }

    /// The next row of a COPY out of the server; nil at the end.
    func get(until deadline: MonotonicInstant) async throws(PostgresError) -> [UInt8]? {
        while true {
            switch connection.wire.getCopy() {
            case .row(let row): return row
            case .notYet: try await read(until: deadline)
            case .end:
                _ = try await rest(after: next(until: deadline), until: deadline)
                return nil
            case .failed: throw connection.lostError
            }
        }
    }

    /// Waits for something to be there, or for room to write, and reads once: the server may say why it takes no more.
    private func read(until deadline: MonotonicInstant) async throws(PostgresError) {
        try await wait(until: deadline)
        isWoken = try connection.readOnce()
    }

    /// Waits for an edge.
    private func wait(until deadline: MonotonicInstant) async throws(PostgresError) {
        try check()
        guard !isWoken else { return }
        let timer =
            deadline == .distantFuture
            ? nil
            : connection.local.schedule(at: deadline) { [weak self] in
                self?.interrupt(PostgresError(.timedOut, "the server made no progress within the deadline"))
            }
        unsafe await withUnsafeContinuation { continuation in
            guard !isWoken, interruption == nil else { return unsafe continuation.resume() }
            unsafe waiter = continuation
        }
        if let timer { connection.local.cancel(timer) }
        try check()
    }

    private func check() throws(PostgresError) {
        if let interruption { throw interruption }
        guard !connection.isClosed else { throw connection.lostError }
    }

    /// Ends the wait in progress, or the next one, with an error.
    func interrupt(_ error: PostgresError) {
        interruption = interruption ?? error
        wake()
    }

    /// An edge has come.
    func wake() {
        isWoken = true
        if let waiting = unsafe waiter.take() { unsafe waiting.resume() }
    }
}
