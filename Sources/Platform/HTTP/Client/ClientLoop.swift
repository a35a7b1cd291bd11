import Reactor

/// A client's part on one loop: the pools, and the isolation that their connections live in.
@safe actor ClientLoop {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let context: ClientContext
    private var pools: [HTTPDestination: ConnectionPool] = [:]
    private var requests: UInt64 = 0
    private var staleRetries: UInt64 = 0

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
        let deadline = timeouts.total.map { loop.local.now + $0 } ?? .distantFuture
        let pool = pool(for: destination)
        let connection = try await pool.lease(timeouts, deadline)
        let wasKept = connection.exchange > 0
        do {
            return try await exchange(request, on: connection, timeouts, deadline)
        } catch {
            guard wasKept, connection.mayRetry(request) else { throw error }
            staleRetries += 1
            let fresh = try await pool.leaseFresh(timeouts, deadline)
            return try await exchange(request, on: fresh, timeouts, deadline)
        }
    }

    private func pool(for destination: HTTPDestination) -> ConnectionPool {
        if let pool = pools[destination] { return pool }
        let pool = ConnectionPool(destination, context, self)
        pools[destination] = pool
        return pool
    }

    private func exchange(
        _ request: HTTPRequest,
        on connection: ClientConnection,
        _ timeouts: HTTPTimeouts,
        _ deadline: MonotonicInstant
    ) async throws(HTTPClientError) -> HTTPResponse {
        requests += 1
        connection.begin()
        let key = connection.key
        do {
            // The handler is only told; the connection is closed on the loop, in its turn.
            return try await withTaskCancellationHandler {
                try await connection.exchange(request, timeouts, deadline)
            } onCancel: {
                abandon(key, cancelled: true)
            }
        } catch let error as HTTPClientError {
            throw error
        } catch {
            throw .contentFailed(String(describing: error))
        }
    }

    func close() {
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
        guard let connection = context.leased[key.connection], connection.exchange == key.exchange else { throw .answerOver }
        return try await connection.nextPiece()
    }

    /// Closes a connection whose answer nobody reads to its end, or whose caller was cancelled.
    nonisolated func abandon(_ key: ClientConnection.Key, cancelled: Bool) {
        loop.execute {
            self.assumeIsolated {
                guard let connection = $0.context.leased[key.connection], connection.exchange == key.exchange else { return }
                connection.abandon(cancelled: cancelled)
            }
        }
    }

    /// Sends a request's content beside the wait for its answer.
    func upload(_ body: HTTPBody, _ framing: MessageFraming, _ key: ClientConnection.Key) async {
        guard let connection = context.leased[key.connection], connection.exchange == key.exchange else { return }
        await connection.upload(body, framing)
    }

    /// Ends a call's wait for a connection.
    nonisolated func cancelWait(_ waiter: Int, _ destination: HTTPDestination) {
        loop.execute {
            self.assumeIsolated { $0.pools[destination]?.cancelWait(waiter) }
        }
    }
}

/// What a client's pools and connections share on one loop. Touched by that loop alone.
final class ClientContext {
    let settings: HTTPClientSettings
    let resolver: Resolver
    let room = SpareRoom()
    /// The connections with an exchange in progress, by number.
    var leased: [Int: ClientConnection] = [:]
    var lastConnection = 0

    init(_ settings: HTTPClientSettings, _ resolver: Resolver) {
        self.settings = settings
        self.resolver = resolver
    }
}
