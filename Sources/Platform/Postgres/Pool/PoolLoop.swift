import Reactor
import Telemetry

/// A pool's part on one loop: the isolation that its connections live in. A call from a task on the loop enters without
/// a hop.
@safe actor PoolLoop {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let settings: PostgresSettings
    private let parameters: ConnectionParameters
    private let blocking: BlockingPool
    private let limit: Int
    private let metrics: PostgresMetrics?
    private let figures: PoolFigures?
    private let connectTime: Int64
    private lazy var pool = ConnectionPool(settings, limit: limit, self, loop.local, metrics, figures)
    private var lastNumber = 0
    var listeners: [Int: ListenerConnection] = [:]

    init(
        _ loop: EventLoop,
        _ settings: PostgresSettings,
        _ parameters: ConnectionParameters,
        _ blocking: BlockingPool,
        limit: Int,
        _ metrics: PostgresMetrics?
    ) {
        self.loop = loop
        self.settings = settings
        self.parameters = parameters
        self.blocking = blocking
        self.limit = limit
        self.metrics = metrics
        figures = metrics?.add(limit: limit)
        connectTime = settings.connectTimeout.nanoseconds
    }

    // MARK: Statements

    /// Runs one statement: on a connection of this loop, or on the one that `key` holds. `isCancellable` is false for
    /// what must happen although the task was cancelled, such as a rollback.
    func run(
        _ sql: SQL,
        on key: LeaseKey?,
        until deadline: MonotonicInstant,
        isCancellable: Bool = true
    ) async throws(PostgresError) -> QueryResult {
        let context = Context.current
        let isObserved = metrics != nil || context.span.isRecording
        let began = isObserved ? MonotonicInstant.now : .distantFuture
        let answer = await send(
            Call(sql: sql, key: key, deadline: deadline, isObserved: isObserved),
            isCancellable
        )
        if isObserved {
            // One that was not sent has no prepared statement that knows.
            let kind = answer.kind ?? StatementKind(of: sql.text, metrics)
            kind.ended(began: began, context, answer.outcome.error)
        }
        return try answer.outcome.get()
    }

    /// Notes what was done outside of pipeline mode.
    nonisolated func note(_ sql: SQL, began: MonotonicInstant, _ error: PostgresError?) {
        let context = Context.current
        guard metrics != nil || context.span.isRecording else { return }
        StatementKind(of: sql.text, metrics).ended(began: began, context, error)
    }

    /// What is asked of a connection.
    private struct Call {
        let sql: SQL
        let key: LeaseKey?
        let deadline: MonotonicInstant
        let isObserved: Bool
    }

    private func send(_ call: Call, _ isCancellable: Bool) async -> QueryAnswer {
        if let failure = call.sql.failure { return Self.refusal(failure) }
        let number = nextNumber()
        guard isCancellable else { return await perform(call, number) }
        return await withTaskCancellationHandler {
            // The actor's own method, so that it stays on the loop: this function's closure has no isolation.
            await self.performUnlessCancelled(call, number)
        } onCancel: {
            cancel(number)
        }
    }

    private func performUnlessCancelled(_ call: Call, _ number: Int) async -> QueryAnswer {
        // A cancel that came before finds nothing to end.
        if let failure = unwanted(call.deadline) { return Self.refusal(failure) }
        return await perform(call, number)
    }

    /// Why nothing is to be begun any more.
    private func unwanted(_ deadline: MonotonicInstant) -> PostgresError? {
        if Task.isCancelled { return PostgresError(.cancelled, "the task was cancelled") }
        return deadline > loop.local.now ? nil : PostgresError(.timedOut, "the deadline had passed before")
    }

    private static func refusal(_ failure: PostgresError) -> QueryAnswer {
        QueryAnswer(outcome: .failed(failure), kind: nil)
    }

    private func perform(_ call: Call, _ number: Int) async -> QueryAnswer {
        unsafe await withUnsafeContinuation { continuation in
            let query = unsafe PendingQuery(
                number,
                call.sql,
                call.deadline,
                isObserved: call.isObserved,
                continuation
            )
            if let key = call.key { pool.submit(query, on: key) } else { pool.submit(query) }
        }
    }

    func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    private nonisolated func cancel(_ number: Int) {
        loop.execute { self.assumeIsolated { $0.pool.cancel(number) } }
    }

    // MARK: Leases

    /// Takes a connection out of the pool; ``giveBack(_:)`` must follow.
    func lease(until deadline: MonotonicInstant) async throws(PostgresError) -> LeaseKey {
        let number = nextNumber()
        let result = await withTaskCancellationHandler {
            await self.leaseUnlessCancelled(number, deadline)
        } onCancel: {
            cancel(number)
        }
        return try result.get()
    }

    private func leaseUnlessCancelled(
        _ number: Int,
        _ deadline: MonotonicInstant
    ) async -> Result<LeaseKey, PostgresError> {
        if let failure = unwanted(deadline) { return .failure(failure) }
        return unsafe await withUnsafeContinuation { continuation in
            pool.lease(unsafe PendingLease(number, continuation), until: deadline)
        }
    }

    func giveBack(_ key: LeaseKey) { pool.giveBack(key) }

    /// Whether the server has no transaction open on a leased connection.
    func isClean(_ key: LeaseKey) -> Bool { pool.connection(key)?.isClean == true }

    /// Whether a transaction is open on a leased connection, and has not failed.
    func isInTransaction(_ key: LeaseKey) -> Bool { pool.connection(key)?.wire.isInTransaction == true }

    /// Whether the lease is not over, and its connection not gone.
    func holds(_ key: LeaseKey) -> Bool { pool.connection(key) != nil }

    /// Closes a leased connection in whatever state it is.
    func discard(_ key: LeaseKey) { pool.discard(key) }

    // MARK: By hand

    /// Takes one step outside of pipeline mode on a leased connection, ended when the task is cancelled.
    func step(
        _ step: DirectStep,
        on key: LeaseKey,
        until deadline: MonotonicInstant
    ) async throws(PostgresError) -> DirectAnswer {
        let answer = await withTaskCancellationHandler {
            await self.take(step, key, deadline)
        } onCancel: {
            interrupt(key)
        }
        return try answer.get()
    }

    private func take(
        _ step: DirectStep,
        _ key: LeaseKey,
        _ deadline: MonotonicInstant
    ) async -> Result<DirectAnswer, PostgresError> {
        guard let connection = pool.connection(key) else {
            return .failure(pool.noConnection(key))
        }
        do throws(PostgresError) {
            return .success(try await step.take(on: connection, until: deadline))
        } catch {
            return .failure(error)
        }
    }

    private nonisolated func interrupt(_ key: LeaseKey) {
        let error = PostgresError(.cancelled, "the task was cancelled")
        loop.execute { self.assumeIsolated { $0.pool.connection(key)?.direct?.interrupt(error) } }
    }

    // MARK: Connecting

    /// Makes a connection beside what goes on; the pool is told how it ended.
    nonisolated func openConnection() {
        Task(executorPreference: loop) { await self.open() }
    }

    private func open() async {
        do throws(PostgresError) {
            pool.opened(try await connect(), nextNumber())
        } catch {
            pool.failed(error)
        }
    }

    /// Makes a connection that belongs to the caller.
    func connect() async throws(PostgresError) -> Wire {
        let deadline = loop.local.now + connectTime
        let keywords: [(keyword: String, value: String)]
        do {
            keywords = try await parameters.resolved(Resolver(pool: blocking))
        } catch {
            throw PostgresError(.notConnected, String(describing: error))
        }
        return try await Connector.connect(keywords, loop.local, deadline: deadline)
    }

    /// Asks the server to cancel what a connection runs; libpq's call for it blocks.
    nonisolated func send(_ request: CancelRequest, for number: Int) {
        Task(executorPreference: loop) { await self.cancel(request, number) }
    }

    private func cancel(_ request: CancelRequest, _ number: Int) async {
        // Whether the server could be asked changes nothing here: its own limit ends the statement else.
        _ = try? await blocking.run { request.send() }
        pool.cancelEnded(number)
    }

    // MARK: The pool

    func close() { pool.close() }

    /// Ends all, when the pool's last owner has let go of it.
    nonisolated func end() {
        if let figures { metrics?.remove(figures) }
        loop.execute { self.assumeIsolated { $0.pool.end() } }
    }

    var counters: PostgresCounters { pool.counters }
}
