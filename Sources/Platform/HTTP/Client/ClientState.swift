import Reactor

/// A client's pools on one loop, and what it counts there. Touched by that loop alone.
final class ClientState {
    let context: ClientContext
    var requests: UInt64 = 0
    var staleRetries: UInt64 = 0
    private var pools: [HTTPDestination: ConnectionPool] = [:]
    private var latest: ConnectionPool?
    private var isClosed = false
    /// Those of calls on their way from the short way into the actor: a failure in between is not lost.
    private var handedOver: [ClientConnection] = []

    init(_ settings: HTTPClientSettings, _ resolver: Resolver) {
        context = ClientContext(settings, resolver)
    }

    /// The connections to a destination.
    func pool(for destination: HTTPDestination, of client: ClientLoop) -> ConnectionPool {
        // Calls come in runs to one destination: comparing costs less than hashing.
        if let latest, latest.destination == destination { return latest }
        let pool = pools[destination] ?? ConnectionPool(destination, context, client)
        if isClosed { pool.close() }
        pools[destination] = pool
        latest = pool
        return pool
    }

    /// The pool of a destination that has been called; nil for any other.
    func knownPool(for destination: HTTPDestination) -> ConnectionPool? { pools[destination] }

    /// Sends a request on an unused connection, as far as it goes at once; nil when there is none.
    ///
    /// A failure is kept with the connection, which is closed then (``ClientConnection/failure``).
    func ask(
        _ request: HTTPRequest,
        of destination: HTTPDestination,
        _ timeouts: HTTPTimeouts,
        by client: ClientLoop
    ) -> ClientConnection? {
        let pool = pool(for: destination, of: client)
        guard let connection = pool.takeIdle() else { return nil }
        requests += 1
        connection.begin(pool.local.now + timeouts.totalTime)
        connection.ask(request, timeouts)
        context.watch(connection, pool.local)
        return connection
    }

    /// Keeps a connection for ``takeOver(_:)``.
    func handOver(_ connection: ClientConnection) { handedOver.append(connection) }

    /// The connection of an exchange that was handed over.
    func takeOver(_ key: ClientConnection.Key) -> ClientConnection? {
        handedOver.firstIndex { $0.key == key }.map { handedOver.remove(at: $0) }
    }

    /// Closes the unused connections; no other is kept from now on.
    func close() {
        isClosed = true
        for pool in pools.values { pool.close() }
    }

    var counters: HTTPClientCounters {
        var counters = HTTPClientCounters()
        for pool in pools.values { pool.add(to: &counters) }
        counters.requests = requests
        counters.staleRetries = staleRetries
        return counters
    }
}
