public import Reactor

extension PostgresPool {
    /// Runs `body` in a transaction that all calls on this pool join which `body` makes, however deep: so that work which
    /// knows nothing of it is committed with what stands around it, or not at all.
    ///
    /// Inside, a `query` on the pool and a `transaction` of the pool are each a savepoint, one after another: an error
    /// undoes what its call did, and the rest stands if the error is caught. A `transaction` that asks for a stronger
    /// isolation than this one's fails with `isolationUnavailable`. COPY, `listen` and migrations have connections of
    /// their own and do not join. Child tasks join; what outlives `body` runs outside.
    /// - Parameters:
    ///   - isolation: what the transaction sees of others.
    ///   - deadline: when the caller no longer needs it; nil for the current context's, which holds in any case.
    ///   - body: what to do.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; ``PostgresError``.
    @discardableResult
    public func enclosingTransaction<Value>(
        isolation: PostgresIsolation = .readCommitted,
        deadline: MonotonicInstant? = nil,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await transaction(isolation: isolation, deadline: deadline) { tx in
            try await TransactionScope.with(tx, isolation, body)
        }
    }
}
