public import Reactor
import Telemetry

extension PostgresPool {
    /// Runs `body` in a transaction on a connection of its own, and commits when it returns.
    ///
    /// When `body` throws or its task is cancelled, all is rolled back. A statement's error that `body` swallows rolls
    /// back as well, and is thrown as `transactionAborted`. No statement begins after the deadline, the commit neither;
    /// a commit that has begun is waited for.
    ///
    /// Inside of an ``enclosingTransaction(isolation:deadline:_:)`` it is a savepoint in that one, and nothing is repeated.
    /// - Parameters:
    ///   - isolation: what the transaction sees of others; by default each statement sees what is committed.
    ///   - retries: how often `body` may be repeated, after a pause of some milliseconds, when the server says that a
    ///     concurrent transaction got in the way. It must have no effect outside of the transaction then. Default 0.
    ///   - deadline: when the caller no longer needs it; nil for the current context's, which holds in any case.
    ///   - body: what to do; its statements run one after another.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; ``PostgresError``. After `connectionLost` from the commit itself nobody knows
    ///   whether it took effect.
    @discardableResult
    public func transaction<Value>(
        isolation: PostgresIsolation = .readCommitted,
        retries: Int = 0,
        deadline: MonotonicInstant? = nil,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        let limit = min(deadline ?? .distantFuture, Context.current.deadline)
        if let scope = TransactionScope.current(of: self) {
            return try await scope.transaction(isolation, limit, body)
        }
        let part = part
        var attempts = 0
        while true {
            do {
                return try await once(part, isolation.begin, limit, body)
            } catch let error as PostgresError
                where error.mayRepeatTransaction && attempts < retries && .now < limit
            {
                attempts += 1
                let longest = Int64(5_000_000) << min(attempts, 6)
                try await part.loop.sleep(for: .nanoseconds(Int64.random(in: 0...longest)))
            }
        }
    }

    private func once<Value>(
        _ part: PoolLoop,
        _ begin: SQL,
        _ limit: MonotonicInstant,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        let key = try await part.lease(until: min(deadline(nil), limit))
        do {
            _ = try await part.run(begin, on: key, until: min(deadline(nil), limit))
            let tx = PostgresTransaction(pool: self, part: part, key: key, depth: 1, limit: limit)
            let value = try await body(tx)
            try await commit(part, key, limit)
            await part.giveBack(key)
            return value
        } catch {
            let reason = error
            await rollBack(part, key)
            throw reason
        }
    }

    private func commit(
        _ part: PoolLoop,
        _ key: LeaseKey,
        _ limit: MonotonicInstant
    ) async throws(PostgresError) {
        guard !Task.isCancelled else {
            throw PostgresError(.cancelled, "the task was cancelled before the commit")
        }
        guard .now < limit else { throw PostgresError(.timedOut, "the deadline passed before the commit") }
        // To leave it half-way would leave everybody in doubt.
        let result = try await part.run("COMMIT", on: key, until: grace, isCancellable: false)
        // What the server answers to the commit of a transaction that has failed.
        guard result.commandTag != "ROLLBACK" else {
            throw PostgresError(.transactionAborted, "a statement failed earlier in the transaction")
        }
    }

    /// Ends what is open; a connection that can't be cleaned is closed when it is given back.
    private func rollBack(_ part: PoolLoop, _ key: LeaseKey) async {
        if await !part.isClean(key) {
            _ = try? await part.run("ROLLBACK", on: key, until: .now + .seconds(5), isCancellable: false)
        }
        await part.giveBack(key)
    }
}
