import Reactor

/// A client's part on one loop: the pools, and the isolation that their connections live in.
@safe actor ClientLoop {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let context: ClientContext
    private var pools: [HTTPDestination: ConnectionPool] = [:]
    private var latest: ConnectionPool?
    private var requests: UInt64 = 0
    private var staleRetries: UInt64 = 0
    private var isClosed = false

    init(_ loop: EventLoop, _ settings: HTTPClientSettings, _ resolver: Resolver) {
        self.loop = loop
        context = ClientContext(settings, resolver)
    }

    /// See ``HTTPClient/send(_:to:timeouts:)``.
    func send(
        _ request: HTTPRequest,
        to destination: HTTPDestination,
        _ timeouts: HTTPTimeouts?
    ) async throws(HTTPClientError) -> HTTPResponse {
        let timeouts = timeouts ?? context.settings.timeouts
        let deadline = loop.local.now + timeouts.totalTime
        let pool = pool(for: destination)
        var connection: ClientConnection
        if let kept = pool.takeIdle() {
            connection = kept
        } else {
            connection = try await pool.lease(timeouts, deadline)
        }
        var isRetry = false
        while true {
            requests += 1
            let key = connection.begin(deadline)
            do {
                // The operation touches the actor's state on purpose, which makes it the actor's: this function takes a
                // closure without isolation, and what such a one calls would leave the loop.
                // The handler is only told; the connection is closed on the loop, in its turn.
                return try await withTaskCancellationHandler {
                    guard let connection = context.connection(key) else { throw HTTPClientError.cancelled }
                    return try await connection.exchange(request, timeouts)
                } onCancel: {
                    abandon(key, cancelled: true)
                }
            } catch let error as HTTPClientError {
                guard !isRetry, connection.isKept, connection.mayRetry(request) else { throw error }
            } catch {
                throw .contentFailed(String(describing: error))
            }
            isRetry = true
            staleRetries += 1
            connection = try await pool.lease(timeouts, deadline)
        }
    }

    /// Suspends a call until its turn comes or its task is cancelled.
    func waitForTurn(_ waiter: Int, _ destination: HTTPDestination) async {
        await withTaskCancellationHandler {
            await self.suspend(waiter, destination)
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.pools[destination]?.cancelWait(waiter) } }
        }
    }

    private func suspend(_ waiter: Int, _ destination: HTTPDestination) async {
        unsafe await withUnsafeContinuation { continuation in
            if let pool = pools[destination] {
                unsafe pool.attach(continuation, to: waiter)
            } else {
                unsafe continuation.resume()
            }
        }
    }

    private func pool(for destination: HTTPDestination) -> ConnectionPool {
        // Calls come in runs to one destination: comparing costs less than hashing.
        if let latest, latest.destination == destination { return latest }
        let pool = pools[destination] ?? ConnectionPool(destination, context, self)
        if isClosed { pool.close() }
        pools[destination] = pool
        latest = pool
        return pool
    }

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

    // MARK: From the request's and the answer's content

    /// The next piece of an answer's content.
    func nextPiece(_ key: ClientConnection.Key) async throws(HTTPClientError) -> AnswerContent.Piece {
        do {
            return try await withTaskCancellationHandler {
                try await self.readPiece(key)
            } onCancel: {
                abandon(key, cancelled: true)
            }
        } catch let error as HTTPClientError {
            throw error
        } catch {
            throw .contentFailed(String(describing: error))
        }
    }

    private func readPiece(_ key: ClientConnection.Key) async throws(HTTPClientError) -> AnswerContent.Piece {
        guard let connection = context.connection(key) else { throw .answerOver }
        return try await connection.nextPiece()
    }

    /// Closes a connection whose answer nobody reads to its end, or whose caller was cancelled.
    nonisolated func abandon(_ key: ClientConnection.Key, cancelled: Bool) {
        loop.execute {
            self.assumeIsolated {
                $0.context.connection(key)?.abandon(cancelled: cancelled)
            }
        }
    }

    /// Sends a request's content beside the wait for its answer.
    func upload(_ body: HTTPBody, _ framing: MessageFraming, _ key: ClientConnection.Key) async {
        guard let connection = context.connection(key) else { return }
        await connection.upload(body, framing)
    }
}

/// What a client's pools and connections share on one loop. Touched by that loop alone.
final class ClientContext {
    let settings: HTTPClientSettings
    let idleTime: Int64
    let resolver: Resolver
    let room = SpareRoom()
    /// Each open connection has a slot; a closed one's slot is used again.
    private var slots: [ClientConnection?] = []
    private var freeSlots: [Int] = []
    private var lastExchange = 0

    init(_ settings: HTTPClientSettings, _ resolver: Resolver) {
        self.settings = settings
        self.resolver = resolver
        idleTime = settings.idleTimeout.nanoseconds
    }

    func takeSlot() -> Int {
        if let slot = freeSlots.popLast() { return slot }
        slots.append(nil)
        return slots.count - 1
    }

    /// From now on the connection is found by its slot.
    func fillSlot(_ connection: ClientConnection) { slots[connection.slot] = connection }

    /// A number for the next exchange.
    func nextExchange() -> Int {
        lastExchange += 1
        return lastExchange
    }

    func freeSlot(of connection: ClientConnection) {
        slots[connection.slot] = nil
        freeSlots.append(connection.slot)
    }

    /// The connection of an exchange that is in progress.
    func connection(_ key: ClientConnection.Key) -> ClientConnection? {
        guard let connection = slots[key.slot], connection.exchange == key.exchange, connection.isBusy else {
            return nil
        }
        return connection
    }
}
