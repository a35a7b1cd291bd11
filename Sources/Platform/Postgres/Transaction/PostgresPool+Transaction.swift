public import Reactor

extension PostgresPool {
    /// Runs `body` in a transaction on a connection of its own, and commits when it returns.
    ///
    /// When `body` throws or its task is cancelled, all is rolled back. A statement's error that `body` swallows rolls
    /// back as well, and is thrown as `transactionAborted`.
    /// - Parameters:
    ///   - isolation: what the transaction sees of others; by default each statement sees what is committed.
    ///   - retries: how often `body` may be repeated, after a pause of some milliseconds, when the server says that a
    ///     concurrent transaction got in the way. It must have no effect outside of the transaction then. Default 0.
    ///   - deadline: when the caller no longer needs it; bounds the wait for a connection, and no statement.
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
        let part = part
        var attempts = 0
        while true {
            do {
                return try await once(part, isolation.begin, self.deadline(deadline), body)
            } catch let error as PostgresError where error.mayRepeatTransaction && attempts < retries {
                attempts += 1
                let longest = Int64(5_000_000) << min(attempts, 6)
                try await part.loop.sleep(for: .nanoseconds(Int64.random(in: 0...longest)))
            }
        }
    }

    private func once<Value>(
        _ part: PoolLoop,
        _ begin: SQL,
        _ deadline: MonotonicInstant,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        let key = try await part.lease(until: deadline)
        do {
            _ = try await part.run(begin, on: key, until: self.deadline(nil))
            let value = try await body(PostgresTransaction(pool: self, part: part, key: key, depth: 1))
            try await commit(part, key)
            await part.giveBack(key)
            return value
        } catch {
            let reason = error
            await rollBack(part, key)
            throw reason
        }
    }

    private func commit(_ part: PoolLoop, _ key: LeaseKey) async throws(PostgresError) {
        guard !Task.isCancelled else {
            throw PostgresError(.cancelled, "the task was cancelled before the commit")
        }
        let result = try await part.run("COMMIT", on: key, until: deadline(nil), isCancellable: false)
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
