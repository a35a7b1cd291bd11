import Reactor

/// The connections of one loop, and the calls that wait for them, in the order in which they came.
final class ConnectionPool {
    let settings: PostgresSettings
    let local: LoopLocal
    private let limit: Int
    private let acquireTime: Int64
    private unowned let loop: PoolLoop
    private var connections: [PostgresConnection] = []
    private var opening = 0
    private var waiting: [Waiting] = []
    private var backoff = Backoff()
    private var lastFailure: PostgresError?
    private var retryTimer: LoopLocal.Timer?
    private var sweepTimer: LoopLocal.Timer?
    private var sweepTime = MonotonicInstant.distantFuture
    private var lastLease = 0
    private var isClosed = false
    private var counted = PostgresCounters()

    init(_ settings: PostgresSettings, limit: Int, _ loop: PoolLoop, _ local: LoopLocal) {
        self.settings = settings
        self.limit = limit
        self.loop = loop
        self.local = local
        acquireTime = settings.acquireTimeout.nanoseconds
    }

    // MARK: Calls

    /// Sends a statement on the connection with the least to do, or lets it wait.
    func submit(_ query: PendingQuery) {
        if waiting.isEmpty, !isClosed, let connection = leastBusy() {
            if connection.load > 0 { openMore() }
            connection.submit(query)
            sweep(by: query.deadline)
        } else {
            wait(Waiting(wish: .statement(query), since: local.now, limit: min(query.deadline, waitLimit)))
        }
    }

    /// Gives a connection to one caller alone, or lets it wait.
    func lease(_ lease: PendingLease, until deadline: MonotonicInstant) {
        if waiting.isEmpty, !isClosed, let connection = free() {
            hand(connection, to: lease)
        } else {
            wait(Waiting(wish: .lease(lease), since: local.now, limit: min(deadline, waitLimit)))
        }
    }

    /// Sends a statement on a connection that the caller holds.
    func submit(_ query: PendingQuery, on key: LeaseKey) {
        guard let connection = connection(key) else {
            return query.answer(
                .failed(PostgresError(.scopeOver, "the connection was given back, or has ended"))
            )
        }
        connection.submit(query)
        sweep(by: query.deadline)
    }

    /// The connection of a lease that is not over.
    func connection(_ key: LeaseKey) -> PostgresConnection? {
        connections.first { $0.number == key.connection && $0.lease == key.lease }
    }

    /// Takes a leased connection back; one that is not clean is closed.
    func giveBack(_ key: LeaseKey) {
        guard let connection = connection(key) else { return }
        connection.endLease()
        if connection.isClean, !isClosed { changed() } else { remove(connection) }
    }

    /// Ends the wait of a call whose task was cancelled, or what it has on its way.
    func cancel(_ number: Int) {
        let error = PostgresError(.cancelled, "the task was cancelled")
        if let index = waiting.firstIndex(where: { $0.number == number }) {
            return waiting.remove(at: index).fail(error)
        }
        for connection in connections where connection.abandon(number, error) { return }
    }

    // MARK: Choosing

    private var waitLimit: MonotonicInstant { local.now + acquireTime }

    private func leastBusy() -> PostgresConnection? {
        var best: PostgresConnection?
        var load = settings.pipelineDepth
        for connection in connections where !connection.isLeased && connection.load < load {
            (best, load) = (connection, connection.load)
            if load == 0 { break }
        }
        return best
    }

    private func free() -> PostgresConnection? { connections.first { $0.isFree && $0.isClean } }

    private func hand(_ connection: PostgresConnection, to lease: PendingLease) {
        lastLease += 1
        connection.take(lease: lastLease)
        lease.answer(.success(LeaseKey(connection: connection.number, lease: lastLease)))
    }

    // MARK: Waiting

    private func wait(_ call: Waiting) {
        guard !isClosed else { return call.fail(PostgresError(.closed, "the pool is closed")) }
        guard waiting.count < settings.waitingCalls else {
            counted.exhausted += 1
            return call.fail(PostgresError(.poolExhausted, "\(waiting.count) calls are waiting already"))
        }
        waiting.append(call)
        sweep(by: call.limit)
        openMore()
    }

    /// A connection has more room than before: who has waited longest goes first, also when others could go now.
    func changed() {
        while let first = waiting.first {
            switch first.wish {
            case .statement(let query):
                guard let connection = leastBusy() else { return openMore() }
                endWait(0)
                connection.submit(query)
                sweep(by: query.deadline)
            case .lease(let lease):
                guard let connection = free() else { return openMore() }
                endWait(0)
                hand(connection, to: lease)
            }
        }
    }

    @discardableResult private func endWait(_ index: Int) -> Waiting {
        let call = waiting.remove(at: index)
        let time = local.now - call.since
        counted.waits += 1
        counted.waitTime += time
        settings.observer?.waited(time)
        return call
    }

    private func failWaiting(_ index: Int, _ error: PostgresError) {
        counted.exhausted += 1
        endWait(index).fail(error)
    }

    // MARK: Opening

    private func openMore() {
        let mayOpen = connections.count + opening < limit && opening < max(1, waiting.count)
        guard mayOpen, retryTimer == nil, !isClosed else { return }
        opening += 1
        loop.openConnection()
    }

    func opened(_ wire: Wire, _ number: Int) {
        opening -= 1
        do throws(PostgresError) {
            let connection = try PostgresConnection(wire, number, self)
            guard !isClosed else { return connection.close() }
            counted.opened += 1
            backoff.reset()
            lastFailure = nil
            connections.append(connection)
            sweep(by: local.now + maintenanceTime)
            changed()
        } catch {
            opening += 1
            failed(error)
        }
    }

    /// An attempt has failed: the next is made after a while, if calls still wait then.
    func failed(_ error: PostgresError) {
        opening -= 1
        counted.failedAttempts += 1
        lastFailure = error
        if retryTimer == nil {
            retryTimer = local.schedule(at: local.now + backoff.next()) { [weak self] in
                self?.retryTimer = nil
                self?.changed()
            }
        }
    }

    // MARK: Ending

    /// A connection has ended by itself.
    func lost(_ connection: PostgresConnection, unsent: [PendingQuery]) {
        guard let index = connections.firstIndex(where: { $0 === connection }) else { return }
        connections.remove(at: index)
        counted.lost += 1
        for query in unsent { submit(query) }
        changed()
    }

    private func remove(_ connection: PostgresConnection) {
        connections.removeAll { $0 === connection }
        connection.close()
        changed()
    }

    func close() {
        isClosed = true
        let error = PostgresError(.closed, "the pool is closed")
        while !waiting.isEmpty { waiting.removeFirst().fail(error) }
        for connection in connections where connection.isFree { remove(connection) }
    }

    /// Nobody can call any more: also closes what is still at work.
    func end() {
        close()
        let rest = connections
        connections = []
        for connection in rest { connection.close() }
    }

    // MARK: Time

    private let maintenanceTime: Int64 = 1_000_000_000

    /// Sees to it that ``sweep()`` runs at `time` or before. One lazy timer for all deadlines: a statement that ends in
    /// time has cost a comparison.
    func sweep(by time: MonotonicInstant) {
        guard time < sweepTime else { return }
        if let sweepTimer { local.cancel(sweepTimer) }
        sweepTime = time
        sweepTimer = local.schedule(at: time) { [weak self] in self?.sweep() }
    }

    private func sweep() {
        (sweepTimer, sweepTime) = (nil, .distantFuture)
        let now = local.now
        for index in waiting.indices.reversed() where waiting[index].limit <= now {
            failWaiting(index, exhausted)
        }
        if let next = waiting.map(\.limit).min() { sweep(by: next) }
        for connection in connections {
            if connection.isFree, isOver(connection, now) {
                remove(connection)
            } else {
                sweep(by: connection.sweep(at: now))
            }
        }
        if !connections.isEmpty { sweep(by: now + maintenanceTime) }
    }

    private func isOver(_ connection: PostgresConnection, _ now: MonotonicInstant) -> Bool {
        isClosed || connection.expires <= now || connection.idleSince + settings.idleTimeout <= now
    }

    private var exhausted: PostgresError {
        guard !connections.isEmpty else {
            return lastFailure ?? PostgresError(.notConnected, "no connection yet; the attempt goes on")
        }
        return PostgresError(
            .poolExhausted,
            "no connection became free; \(connections.count) of \(limit) are open"
        )
    }

    /// Nanoseconds that a new connection may live.
    func lifetime() -> Int64 {
        let longest = settings.maxLifetime.nanoseconds
        return longest - Int64.random(in: 0...max(0, longest / 10))
    }

    // MARK: Cancelling

    func send(_ request: CancelRequest, for number: Int) {
        counted.cancels += 1
        loop.send(request, for: number)
    }

    func cancelEnded(_ number: Int) { connections.first { $0.number == number }?.cancelEnded() }

    // MARK: Figures

    func answered() { counted.statements += 1 }

    var counters: PostgresCounters {
        var counters = counted
        counters.used = connections.count { !$0.isFree }
        counters.idle = connections.count - counters.used
        counters.opening = opening
        counters.limit = limit
        counters.pending = waiting.count
        return counters
    }
}
