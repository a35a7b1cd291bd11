import Reactor

/// The connections to one destination on one loop, the unused ones last in, first out, and the calls that wait for one.
@safe final class ConnectionPool {
    private enum Turn {
        /// A connection is handed over.
        case connection(ClientConnection)
        /// One may be opened, in the place of one that has ended.
        case open
        case failed(HTTPClientError)
    }

    /// A call that waits; its turn is written here before it is woken.
    @safe private final class Waiter {
        let number: Int
        var turn = Turn.open
        var timer: LoopLocal.Timer?
        var continuation: UnsafeContinuation<Void, Never>?

        init(_ number: Int) { self.number = number }
    }

    let destination: HTTPDestination
    private let context: ClientContext
    private var settings: HTTPClientSettings { context.settings }
    private unowned let client: ClientLoop
    let local: LoopLocal
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private var idle: [ClientConnection] = []
    private var openCount = 0
    private var upgradedCount = 0
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private var waiters: [Waiter] = []
    private var lastWaiter = 0
    private var opened: UInt64 = 0
    private var queueFull: UInt64 = 0
    private var isClosed = false
    private let authority: String

    init(
        _ destination: HTTPDestination,
        _ context: ClientContext,
        _ client: ClientLoop
    ) {
        self.destination = destination
        self.context = context
        self.client = client
        local = client.loop.local
        authority = destination.authority
    }

    /// Takes an unused connection; nil when there is none.
    func takeIdle() -> ClientConnection? {
        while let connection = idle.popLast() {
            if connection.isReusable { return connection }
            connection.close()
        }
        return nil
    }

    /// Opens a connection, or waits until one may be opened or is handed over; a `new` one is none that is handed over.
    func lease(
        _ timeouts: HTTPTimeouts,
        _ deadline: MonotonicInstant,
        new: Bool = false
    ) async throws(HTTPClientError) -> ClientConnection {
        if openCount >= settings.connectionsPerLoop {
            if new, let unused = takeIdle() {
                // An unused one gives way.
                unused.close()
                return try await lease(timeouts, deadline, new: new)
            }
            switch try await wait(deadline) {
            case .connection(let connection):
                if connection.isReusable, !new { return connection }
                connection.close()
                return try await lease(timeouts, deadline, new: new)
            case .failed(let error): throw error
            case .open: break
            }
        } else {
            openCount += 1
        }
        do {
            return try await open(timeouts, deadline)
        } catch {
            closed()
            throw error
        }
    }

    private func open(
        _ timeouts: HTTPTimeouts,
        _ deadline: MonotonicInstant
    ) async throws(HTTPClientError) -> ClientConnection {
        let socket = try await connect(min(deadline, local.now + timeouts.connectTime), shortest(timeouts))
        opened += 1
        let connection = ClientConnection(context.takeSlot(), socket, self, client, context, authority)
        context.fillSlot(connection)
        return connection
    }

    /// The socket's lazy timer must look as often as the shortest time that any call on it may have.
    private func shortest(_ timeouts: HTTPTimeouts) -> Duration {
        .nanoseconds(min(timeouts.shortest, settings.timeouts.shortest, settings.idleTimeout.nanoseconds))
    }

    /// Tries the addresses in turn until one answers.
    private func connect(
        _ deadline: MonotonicInstant,
        _ shortest: Duration
    ) async throws(HTTPClientError) -> StreamSocket {
        var failure = HTTPClientError.timedOut(.connection)
        for address in try await addresses(deadline) {
            do throws(SystemError) {
                return try await StreamSocket.connect(
                    to: address,
                    on: client.loop,
                    deadline: deadline,
                    shortestTimeout: shortest,
                    keepAlive: settings.keepsAlive
                )
            } catch {
                failure = .notConnected(error)
            }
        }
        throw failure
    }

    private func addresses(_ deadline: MonotonicInstant) async throws(HTTPClientError) -> [SocketAddress] {
        switch destination.place {
        case .address(let address): return [address]
        case .host(let host, let port):
            switch await Lookup.run(host, port, context.resolver, on: client.loop, deadline) {
            case .success(let addresses): return addresses
            case .failure(let error as Resolver.Failure): throw .unresolved(destination, reason: error.reason)
            case .failure(let error): throw .unresolved(destination, reason: String(describing: error))
            case nil: throw .timedOut(.connection)
            }
        }
    }

    // MARK: Waiting

    private func wait(_ deadline: MonotonicInstant) async throws(HTTPClientError) -> Turn {
        guard waiters.count < settings.waitingCalls else {
            queueFull += 1
            throw .queueFull(destination)
        }
        lastWaiter += 1
        let waiter = Waiter(lastWaiter)
        let number = waiter.number
        if deadline != .distantFuture {
            waiter.timer = local.schedule(at: deadline) { [self] in
                endWait(number, .failed(.timedOut(.turn)))
            }
        }
        waiters.append(waiter)
        await client.waitForTurn(number, destination)
        return waiter.turn
    }

    /// Keeps what wakes a waiting call, which is woken at once when its turn has come already.
    func attach(_ continuation: UnsafeContinuation<Void, Never>, to number: Int) {
        if let waiter = waiters.first(where: { $0.number == number }) {
            unsafe waiter.continuation = continuation
        } else {
            unsafe continuation.resume()
        }
    }

    func cancelWait(_ number: Int) { endWait(number, .failed(.cancelled)) }

    private func endWait(_ number: Int, _ turn: Turn) {
        guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
        resume(waiters.remove(at: index), turn)
    }

    private func resume(_ waiter: Waiter, _ turn: Turn) {
        if let timer = waiter.timer { local.cancel(timer) }
        waiter.turn = turn
        if let continuation = unsafe waiter.continuation.take() { unsafe continuation.resume() }
    }

    // MARK: Giving back

    /// Takes a connection back: for the next call when it can be used again, else its place is free.
    func release(_ connection: ClientConnection) {
        guard connection.isReusable, !isClosed else { return connection.close() }
        if !waiters.isEmpty {
            resume(waiters.removeFirst(), .connection(connection))
        } else {
            connection.rest()
            idle.append(connection)
        }
    }

    /// A connection has ended; its place goes to the call that has waited longest.
    func closed() {
        // A place that is passed on stays taken: a call that comes before the waiting one runs must not have it.
        if waiters.isEmpty { openCount -= 1 } else { resume(waiters.removeFirst(), .open) }
    }

    /// A connection has left HTTP behind: it counts no more, and its place goes to the call that has waited longest.
    func letGo() {
        upgradedCount += 1
        closed()
    }

    /// A connection that had been let go has ended.
    func upgradedClosed() { upgradedCount -= 1 }

    /// An unused connection has ended, or was unused for too long.
    func drop(_ connection: ClientConnection) {
        idle.removeAll { $0 === connection }
        connection.close()
    }

    func close() {
        isClosed = true
        let unused = idle
        idle = []
        for connection in unused { connection.close() }
    }

    func add(to counters: inout HTTPClientCounters) {
        counters.connectionsOpened += opened
        counters.connectionsOpen += UInt64(openCount)
        counters.connectionsUpgraded += UInt64(upgradedCount)
        counters.connectionsIdle += UInt64(idle.count)
        counters.queueFull += queueFull
        counters.waiting += UInt64(waiters.count)
    }
}
