import Reactor
import Telemetry

/// The connections of one loop, and the calls that wait for them, in the order in which they came.
final class ConnectionPool {
    let settings: PostgresSettings
    let local: LoopLocal
    let metrics: PostgresMetrics?
    private let figures: PoolFigures?
    private let limit: Int
    private let acquireTime: Int64
    private unowned let loop: PoolLoop
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private var connections: [PostgresConnection] = []
    private var opening = 0
    private var waiting: [Waiting] = []
    private var backoff = Backoff()
    private var lastFailure: PostgresError?
    private var retryTimer: LoopLocal.Timer?
    private var sweepTimer: LoopLocal.Timer?
    private var sweepTime = MonotonicInstant.distantFuture
    private var lastLease = 0
    /// Leases that go on, and whose connection has ended.
    private var lostLeases: Set<Int> = []
    private var isClosed = false
    private var counted = PostgresCounters()
    private var cancelsUnderWay = 0
    private var cancelsToCome: [(request: CancelRequest, number: Int)] = []

    init(
        _ settings: PostgresSettings,
        limit: Int,
        _ loop: PoolLoop,
        _ local: LoopLocal,
        _ metrics: PostgresMetrics?,
        _ figures: PoolFigures?
    ) {
        self.metrics = metrics
        self.figures = figures
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
            beganAtOnce()
        } else {
            wait(Waiting(wish: .statement(query), since: local.now, limit: min(query.deadline, waitLimit)))
        }
    }

    /// Gives a connection to one caller alone, or lets it wait.
    func lease(_ lease: PendingLease, until deadline: MonotonicInstant) {
        if waiting.isEmpty, !isClosed, let connection = free() {
            hand(connection, to: lease)
            beganAtOnce()
        } else {
            wait(Waiting(wish: .lease(lease), since: local.now, limit: min(deadline, waitLimit)))
        }
    }

    /// Sends a statement on a connection that the caller holds.
    func submit(_ query: PendingQuery, on key: LeaseKey) {
        guard let connection = connection(key) else {
            return query.answer(.failed(noConnection(key)))
        }
        connection.submit(query)
        sweep(by: query.deadline)
    }

    /// The connection of a lease that is not over.
    func connection(_ key: LeaseKey) -> PostgresConnection? {
        connections.first { $0.number == key.connection && $0.lease == key.lease }
    }

    /// Why a lease has no connection: it is over, or the connection has ended in the middle of it.
    func noConnection(_ key: LeaseKey) -> PostgresError {
        lostLeases.contains(key.lease)
            ? PostgresError(.connectionLost, "the connection has ended")
            : PostgresError(.scopeOver, "the connection was given back")
    }

    /// Closes a leased connection in whatever state it is.
    func discard(_ key: LeaseKey) {
        connection(key)?.lose()
        lostLeases.remove(key.lease)
    }

    /// Takes a leased connection back; one that is not clean is closed.
    func giveBack(_ key: LeaseKey) {
        lostLeases.remove(key.lease)
        guard let connection = connection(key) else { return }
        connection.endLease()
        if connection.isClean, !isClosed { changed() } else { remove(connection) }
    }

    /// Ends the wait of a call whose task was cancelled, or what it has on its way.
    func cancel(_ number: Int) {
        let error = PostgresError(.cancelled, "the task was cancelled")
        if let index = waiting.firstIndex(where: { $0.number == number }) {
            waiting.remove(at: index).fail(error)
            return publish()
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
        publish()
    }

    /// A connection has more room than before: who has waited longest goes first, also when others could go now.
    func changed() {
        defer { publish() }
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
        metrics?.waitTime.record(Double(time.nanoseconds) / 1e9)
        return call
    }

    private func failWaiting(_ index: Int, _ error: PostgresError) {
        counted.exhausted += 1
        endWait(index).fail(error)
        publish()
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
        cancelsToCome.removeAll { $0.number == connection.number }
        counted.lost += 1
        if connection.isLeased { lostLeases.insert(connection.lease) }
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
        publish()
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

    /// One that the server does not answer holds a thread for as long as TCP believes in it, and libpq can't be told to
    /// give up: two at a time for each loop, so that the blocking pool keeps threads for others.
    private let cancelsAtOnce = 2

    func send(_ request: CancelRequest, for number: Int) {
        guard cancelsUnderWay < cancelsAtOnce else { return cancelsToCome.append((request, number)) }
        cancelsUnderWay += 1
        counted.cancels += 1
        loop.send(request, for: number)
    }

    func cancelEnded(_ number: Int) {
        cancelsUnderWay -= 1
        connections.first { $0.number == number }?.cancelEnded()
        guard !cancelsToCome.isEmpty else { return }
        let next = cancelsToCome.removeFirst()
        send(next.request, for: next.number)
    }

    // MARK: Figures

    /// A call that found a connection has waited as well, for no time.
    private func beganAtOnce() {
        guard let metrics else { return }
        metrics.waitTime.record(0)
        publish()
    }

    /// Tells the metrics how the connections stand.
    private func publish() {
        guard let figures else { return }
        let used = connections.count { !$0.isFree }
        figures.set(used: used, idle: connections.count - used, pending: waiting.count)
    }

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
