import Reactor

/// One connection on one loop: statements go out as they come, each with its own Sync, and answers come back in order.
///
/// Lives in the isolation of its ``PoolLoop``; epoll calls it on the same thread.
final class PostgresConnection: ReadinessHandler {
    let number: Int
    let wire: Wire
    let local: LoopLocal
    /// When it is too old to be used for another statement.
    let expires: MonotonicInstant
    /// Since when nothing has been on its way.
    private(set) var idleSince: MonotonicInstant
    /// Which lease holds it; 0 while it is shared.
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private(set) var lease = 0
    private(set) var isClosed = false
    unowned let pool: ConnectionPool
    /// What is watched. libpq closes it by itself when reading fails, and then no longer says which it was.
    private let socket: Int32
    private var cache: StatementCache
    /// Sent and not answered, in order.
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private var pending: [PendingQuery] = []
    /// To be sent when the request to cancel the head has been answered: it must not hit them.
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private var held: [PendingQuery] = []
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private var isCancelling = false
    private var watchesWriting = false
    private var hasEnd = false
    /// Waits of COPY and of scripts, which run outside of pipeline mode.
    var direct: DirectMode?

    /// Takes over a connection that has just been made, and watches it.
    ///
    /// - Throws: ``PostgresError`` when the kernel refuses to watch it, or libpq to change its mode.
    init(_ wire: Wire, _ number: Int, _ pool: ConnectionPool) throws(PostgresError) {
        self.wire = wire
        self.number = number
        self.pool = pool
        local = pool.local
        socket = wire.socket
        cache = StatementCache(limit: pool.settings.cachedStatements, pool.metrics)
        idleSince = pool.local.now
        expires = pool.local.now + pool.lifetime()
        guard wire.setNonBlocking(), wire.enterPipeline() else {
            throw PostgresError(.notConnected, wire.message)
        }
        do throws(SystemError) {
            try local.register(socket, for: [.readable, .peerClosed], handler: self)
        } catch {
            throw PostgresError(.notConnected, error.description)
        }
    }

    // MARK: What the pool asks

    /// Statements on their way.
    var load: Int { pending.count + held.count }
    /// Whether a transaction or a copy has it for itself.
    var isLeased: Bool { lease != 0 }
    /// Whether nothing is on its way, nobody holds it, and the server has no transaction open on it.
    var isFree: Bool { lease == 0 && load == 0 && !isCancelling }
    /// Whether the server is between transactions.
    var isClean: Bool { !isClosed && load == 0 && direct == nil && wire.isIdle }

    func take(lease: Int) { self.lease = lease }

    /// Gives it back to all.
    func endLease() {
        lease = 0
        idleSince = local.now
    }

    // MARK: Sending

    /// Sends a statement, or holds it back while a cancel is under way.
    func submit(_ query: PendingQuery) {
        guard !isClosed else { return query.answer(.failed(lostError)) }
        if isCancelling { held.append(query) } else { send(query) }
    }

    private func send(_ query: PendingQuery) {
        var isSent = true
        if let statement = cache.find(query.sql.text) {
            query.statement = statement
        } else {
            let statement = newStatement(for: query)
            query.statement = statement
            query.awaitsParse = true
            isSent = wire.sendPrepare(statement.name, statement.text)
        }
        // Making room in the cache sends as well, and may find that the connection is gone.
        guard !isClosed else { return query.answer(.failed(lostError)) }
        pending.append(query)
        let name = query.statement?.name ?? ""
        guard isSent, wire.sendExecute(name, query.sql.parameters), wire.sendSync() else { return lose() }
        flush()
    }

    /// A kept statement, or the unnamed one for what will not come again.
    private func newStatement(for query: PendingQuery) -> PreparedStatement {
        guard query.sql.isKept else {
            return PreparedStatement(text: query.sql.text, name: "", pool.metrics)
        }
        let (statement, evicted) = cache.add(query.sql.text)
        if let evicted { deallocate(evicted) }
        return statement
    }

    private func deallocate(_ statement: PreparedStatement) {
        var sql = SQL(text: "DEALLOCATE \(statement.name)")
        sql.isKept = false
        send(unsafe PendingQuery(0, sql, .distantFuture, isObserved: false, nil))
    }

    /// Sends what libpq holds; the socket is watched for room only while it has none, since an edge of a Unix socket
    /// would else come with each statement.
    func flush() {
        guard let isDone = wire.flush() else { return lose() }
        guard isDone == watchesWriting else { return }
        watchesWriting = !isDone
        let readiness: Readiness = isDone ? [.readable, .peerClosed] : [.readable, .writable, .peerClosed]
        do throws(SystemError) {
            try local.reregister(socket, for: readiness)
        } catch {
            lose()
        }
    }

    // MARK: Receiving

    func ready(_ readiness: Readiness) {
        if !readiness.isDisjoint(with: [.peerClosed, .hangup]) { hasEnd = true }
        if let direct { direct.wake() } else { receive() }
    }

    /// Reads all there is: an edge is reported once. With TLS what the kernel has given may still lie in OpenSSL: one
    /// record has at most 16 KiB, and each call has room for at least the half of it.
    private func receive() {
        var rounds = wire.usesTLS ? 2 : 1
        while rounds > 0, !isClosed {
            guard wire.consume() else { return lose() }
            takeResults()
            // libpq gives up by itself on a server that does not keep to the protocol.
            guard !wire.isBad else { return lose() }
            // Where no answer is due, what else may have come waits for the next edge: the kernel is not asked.
            if !isClosed, !hasEnd, pending.isEmpty || !wire.hasUnread { rounds -= 1 }
        }
        guard !isClosed else { return }
        flush()
        pool.changed()
    }

    /// One read, for those who take what they need and leave the rest to the server.
    func readOnce() throws(PostgresError) -> Bool {
        for _ in 0..<(wire.usesTLS ? 2 : 1) {
            guard wire.consume() else {
                let error = lostError
                lose()
                throw error
            }
        }
        flush()
        return wire.hasUnread || hasEnd
    }

    /// A statement's results end with nil, and its Sync's stands alone; two nils in a row mean that nothing is left.
    private func takeResults() {
        var ends = 0
        while ends < 2, let query = pending.first, !wire.isBusy {
            guard let result = wire.next() else {
                ends += 1
                continue
            }
            ends = 0
            take(result, for: query)
            if isClosed { return }
        }
    }

    private func take(_ result: QueryResult, for query: PendingQuery) {
        switch result.status {
        case .synced: finish(query)
        case .aborted: break
        case .rows: query.result = result
        case .done:
            if !query.awaitsParse { query.result = result }
            query.awaitsParse = false
        case .failed: fail(query, result)
        case .copyIn, .copyOut:
            query.failure = PostgresError(.notEncodable, "COPY goes through copyIn and copyOut")
            lose()
        }
    }

    private func fail(_ query: PendingQuery, _ result: QueryResult) {
        let error = result.error
        let isUnknown = error.sqlState == "26000"
        // A cancel says nothing about the statement: it is prepared again then.
        if query.awaitsParse, error.sqlState != "57014" { query.statement?.refusal = error }
        let refusal = isUnknown ? query.statement?.refusal : nil
        query.failure = refusal ?? error
        query.isStale = refusal == nil && (result.isStalePlan || isUnknown)
        if query.awaitsParse || query.isStale, let statement = query.statement { cache.remove(statement) }
    }

    private func finish(_ query: PendingQuery) {
        pending.removeFirst()
        if pending.isEmpty {
            idleSince = local.now
            // Somebody has sent a BEGIN to the pool: nobody else may get into that transaction.
            if !isLeased, !wire.isIdle { lose() }
        }
        if let next = pending.first, next.isAbandoned, next.number != 0 {
            pool.sweep(by: local.now + 100_000_000)
        }
        if mustRepeat(query) { return `repeat`(query) }
        if query.number != 0 { pool.answered() }
        if let result = query.result, query.failure == nil { return query.answer(.result(result)) }
        var error = query.failure ?? PostgresError(.server(sqlState: "XX000"), "no result")
        if query.isStale { error = PostgresError(.stalePlan, error.detail, sqlState: error.sqlState) }
        query.answer(.failed(error))
    }

    /// Whether the server refused the statement for a reason that is ours: a plan out of date, or a cancel that was
    /// meant for the statement before it. It had no effect then.
    private func mustRepeat(_ query: PendingQuery) -> Bool {
        guard let failure = query.failure, !query.isAbandoned, !query.isRepeated else { return false }
        // A transaction that the error has aborted can't go on with it.
        guard !isLeased || wire.isIdle else { return false }
        return query.isStale || (query.mayBeHit && failure.sqlState == "57014")
    }

    private func `repeat`(_ query: PendingQuery) {
        if query.isStale, let statement = query.statement, query.failure?.sqlState != "26000" {
            deallocate(statement)
        }
        query.reset()
        submit(query)
    }

    // MARK: Cancelling

    /// Answers a statement's caller with `error` now. What the server has begun is cancelled; what it hasn't is dropped
    /// when its result comes. False when it is not on this connection.
    func abandon(_ number: Int, _ error: PostgresError) -> Bool {
        if let index = held.firstIndex(where: { $0.number == number }) {
            held.remove(at: index).answer(.failed(error))
            return true
        }
        guard let query = pending.first(where: { $0.number == number }) else { return false }
        query.answer(.failed(error))
        if pending.first === query { cancelHead() }
        return true
    }

    private func cancelHead() {
        guard let head = pending.first, !isCancelling, head.cancelLimit == .distantFuture else { return }
        head.cancelLimit = local.now + 5_000_000_000
        pool.sweep(by: head.cancelLimit)
        guard let request = wire.cancelRequest() else { return }
        for query in pending.dropFirst() { query.mayBeHit = true }
        isCancelling = true
        pool.send(request, for: number)
    }

    /// The server has passed the request on: what comes now can't be hit by it.
    func cancelEnded() {
        isCancelling = false
        let waiting = held
        held = []
        for query in waiting { submit(query) }
        pool.changed()
    }

    /// Answers what is overdue at `now`, and gives up on a server that does not answer a cancel.
    ///
    /// - Returns: when to look again.
    func sweep(at now: MonotonicInstant) -> MonotonicInstant {
        let overdue = (pending + held).filter { $0.deadline <= now && !$0.isAbandoned }
        for query in overdue {
            _ = abandon(query.number, PostgresError(.timedOut, "no answer within the call's deadline"))
        }
        if let head = pending.first, head.number != 0, head.isAbandoned {
            if head.cancelLimit <= now { lose() } else { cancelHead() }
        }
        let deadlines = (pending + held).map {
            min($0.isAbandoned ? .distantFuture : $0.deadline, $0.cancelLimit)
        }
        return deadlines.min() ?? .distantFuture
    }

    // MARK: Ending

    var lostError: PostgresError {
        PostgresError(.connectionLost, isClosed ? "the connection has ended" : wire.message)
    }

    /// The connection is gone: all that was sent fails, what was not goes elsewhere.
    func lose() {
        guard !isClosed else { return }
        let unsent = isLeased ? [] : held
        if !isLeased { held = [] }
        close()
        pool.lost(self, unsent: unsent)
    }

    /// Ends the connection, and fails what is on its way; the pool knows.
    func close() {
        guard !isClosed else { return }
        let error = lostError
        let unanswered = pending + held
        isClosed = true
        (pending, held) = ([], [])
        local.unregister(socket)
        wire.close()
        direct?.wake()
        direct = nil
        for query in unanswered { query.answer(.failed(query.failure ?? error)) }
    }
}
