import Reactor

/// A client's part on one loop: the pools, and the isolation that their connections live in.
@safe actor ClientLoop {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    // Touched by the loop's own thread alone: every access goes through `state`.
    private nonisolated(unsafe) let confined: ClientState

    init(_ loop: EventLoop, _ settings: HTTPClientSettings, _ resolver: Resolver) {
        self.loop = loop
        unsafe confined = ClientState(settings, resolver)
    }

    /// The loop's pools. Only on its own thread; elsewhere the program stops, see ``EventLoop/local``.
    private nonisolated var state: ClientState {
        precondition(loop.isCurrent, "a client's state used off the loop's thread")
        return unsafe confined
    }

    /// See ``HTTPClient/send(_:to:timeouts:)``.
    ///
    /// The short way for what is nearly always the case: the caller runs on this loop, a connection is at hand, the
    /// kernel takes the request whole, and the answer comes soon. It enters no actor and sets no cancellation handler
    /// up: the only suspension is the wait for the answer. A task that runs on the loop returns to it from each wait, by
    /// its actor or by its preference.
    @inline(__always)
    nonisolated func call(
        _ request: HTTPRequest,
        to destination: HTTPDestination,
        _ timeouts: HTTPTimeouts?
    ) async throws(HTTPClientError) -> HTTPResponse {
        guard loop.isCurrent, !Task.isCancelled else {
            return try await send(request, to: destination, timeouts)
        }
        let state = state
        let timeouts = timeouts ?? state.context.settings.timeouts
        guard let connection = state.ask(request, of: destination, timeouts, by: self) else {
            return try await send(request, to: destination, timeouts)
        }
        let wait = await connection.socket.readable()
        if let response = connection.answerNow(after: wait) { return response }
        let key = connection.key
        guard let failure = connection.failure else {
            state.handOver(connection)
            return try await goOn(request, key, timeouts)
        }
        guard connection.isKept, connection.mayRetry(request) else { throw failure }
        let deadline = connection.deadline
        return try await sendAgain(request, to: destination, timeouts, deadline)
    }

    /// Sends a request from the beginning, whatever must be waited for.
    private func send(
        _ request: HTTPRequest,
        to destination: HTTPDestination,
        _ timeouts: HTTPTimeouts?
    ) async throws(HTTPClientError) -> HTTPResponse {
        let timeouts = timeouts ?? state.context.settings.timeouts
        let deadline = loop.local.now + timeouts.totalTime
        let pool = state.pool(for: destination, of: self)
        let connection: ClientConnection
        if let kept = pool.takeIdle() {
            connection = kept
        } else {
            connection = try await pool.lease(timeouts, deadline)
        }
        state.requests += 1
        connection.begin(deadline)
        return try await answer(of: connection, to: request, timeouts, isSent: false, mayRetry: true)
    }

    /// Waits on for the answer to a request that was sent.
    private func goOn(
        _ request: HTTPRequest,
        _ key: ClientConnection.Key,
        _ timeouts: HTTPTimeouts
    ) async throws(HTTPClientError) -> HTTPResponse {
        guard let connection = state.takeOver(key) else { throw .cancelled }
        return try await answer(of: connection, to: request, timeouts, isSent: true, mayRetry: true)
    }

    /// Sends a request a second time, on a connection that nobody has used.
    private func sendAgain(
        _ request: HTTPRequest,
        to destination: HTTPDestination,
        _ timeouts: HTTPTimeouts,
        _ deadline: MonotonicInstant
    ) async throws(HTTPClientError) -> HTTPResponse {
        state.staleRetries += 1
        let connection = try await state.pool(for: destination, of: self).lease(timeouts, deadline, new: true)
        state.requests += 1
        connection.begin(deadline)
        return try await answer(of: connection, to: request, timeouts, isSent: false, mayRetry: false)
    }

    /// See ``HTTPClient/upgrade(_:to:timeouts:)``.
    func upgrade(
        _ request: HTTPRequest,
        to destination: HTTPDestination,
        _ timeouts: HTTPTimeouts?
    ) async throws(HTTPClientError) -> UpgradeAnswer {
        guard !Task.isCancelled else { throw .cancelled }
        let timeouts = timeouts ?? state.context.settings.timeouts
        let deadline = loop.local.now + timeouts.totalTime
        let pool = state.pool(for: destination, of: self)
        let connection = try await pool.lease(timeouts, deadline, new: true)
        state.requests += 1
        connection.begin(deadline)
        connection.offerUpgrade(request.head.fields)
        let response = try await answer(
            of: connection,
            to: request,
            timeouts,
            isSent: false,
            mayRetry: false
        )
        guard connection.isUpgraded else { return .answered(response) }
        return .switched(response.head, UpgradedConnection(ClientUpgrade(self, connection.key)))
    }

    private func answer(
        of connection: ClientConnection,
        to request: HTTPRequest,
        _ timeouts: HTTPTimeouts,
        isSent: Bool,
        mayRetry: Bool
    ) async throws(HTTPClientError) -> HTTPResponse {
        let key = connection.key
        do {
            // The operation calls a method of the actor on purpose: this function takes a closure without isolation,
            // and what such a one calls would leave the loop.
            // The handler is only told; the connection is closed on the loop, in its turn.
            return try await withTaskCancellationHandler {
                try await self.exchange(key, request, timeouts, isSent: isSent)
            } onCancel: {
                abandon(key, cancelled: true)
            }
        } catch let error as HTTPClientError {
            guard mayRetry, connection.isKept, connection.mayRetry(request) else {
                throw connection.failure ?? error
            }
        } catch {
            throw .contentFailed(String(describing: error))
        }
        return try await sendAgain(request, to: connection.pool.destination, timeouts, connection.deadline)
    }

    private func exchange(
        _ key: ClientConnection.Key,
        _ request: HTTPRequest,
        _ timeouts: HTTPTimeouts,
        isSent: Bool
    ) async throws(HTTPClientError) -> HTTPResponse {
        guard let connection = state.context.connection(key) else { throw .cancelled }
        if Task.isCancelled {
            connection.abandon(cancelled: true)
        } else if !isSent {
            connection.ask(request, timeouts)
        }
        return try await connection.answer()
    }

    /// Suspends a call until its turn comes or its task is cancelled.
    func waitForTurn(_ waiter: Int, _ destination: HTTPDestination) async {
        await withTaskCancellationHandler {
            await self.suspend(waiter, destination)
        } onCancel: {
            loop.execute { self.state.knownPool(for: destination)?.cancelWait(waiter) }
        }
    }

    private func suspend(_ waiter: Int, _ destination: HTTPDestination) async {
        unsafe await withUnsafeContinuation { continuation in
            if let pool = state.knownPool(for: destination) {
                unsafe pool.attach(continuation, to: waiter)
            } else {
                unsafe continuation.resume()
            }
        }
    }

    func close() { state.close() }

    var counters: HTTPClientCounters { state.counters }

    // MARK: From upgraded connections

    /// Reads from an upgraded connection.
    func readUpgraded(_ key: ClientConnection.Key) async throws -> [UInt8]? {
        let connection = try upgraded(key)
        // Only a wait has to hear of cancellation.
        guard !connection.hasUpgradedInput else { return try await connection.readUpgraded() }
        return try await withTaskCancellationHandler {
            try await self.waitForUpgraded(key)
        } onCancel: {
            abandon(key, cancelled: true)
        }
    }

    private func waitForUpgraded(_ key: ClientConnection.Key) async throws -> [UInt8]? {
        try await upgraded(key).readUpgraded()
    }

    /// Writes to an upgraded connection.
    func writeUpgraded(
        _ bytes: [UInt8],
        _ patience: Duration?,
        _ key: ClientConnection.Key
    ) async throws {
        try await upgraded(key).writeUpgraded(bytes, patience)
    }

    /// Ends an upgraded connection's writing side.
    func finishWriting(_ key: ClientConnection.Key) { state.context.connection(key)?.finishWritingUpgraded() }

    private func upgraded(_ key: ClientConnection.Key) throws(HTTPConnectionError) -> ClientConnection {
        guard let connection = state.context.connection(key) else { throw .peerLeft }
        return connection
    }

    /// Closes an upgraded connection: at once on its loop, from elsewhere soon.
    nonisolated func close(_ key: ClientConnection.Key, reset: Bool) {
        guard loop.isCurrent else { return loop.execute { self.close(key, reset: reset) } }
        state.context.connection(key)?.close(reset: reset)
    }

    /// Wakes who reads from an upgraded connection, soon.
    nonisolated func wakeReader(_ key: ClientConnection.Key) {
        loop.execute { self.state.context.connection(key)?.wakeReader() }
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
        guard let connection = state.context.connection(key) else { throw .answerOver }
        return try await connection.nextPiece()
    }

    /// Closes a connection whose answer nobody reads to its end, or whose caller was cancelled.
    nonisolated func abandon(_ key: ClientConnection.Key, cancelled: Bool) {
        loop.execute { self.state.context.connection(key)?.abandon(cancelled: cancelled) }
    }

    /// Sends a request's content beside the wait for its answer.
    func upload(_ body: HTTPBody, _ framing: MessageFraming, _ key: ClientConnection.Key) async {
        guard let connection = state.context.connection(key) else { return }
        await connection.upload(body, framing)
    }
}
