public import Reactor

/// A transaction in progress: good inside of its closure only, where its statements run one after another on one
/// connection.
public struct PostgresTransaction: PostgresQuerying {
    let pool: PostgresPool
    let part: PoolLoop
    let key: LeaseKey
    let depth: Int
    /// When the whole of it is to be over.
    let limit: MonotonicInstant

    /// Runs one statement and returns all its rows.
    ///
    /// - Throws: ``PostgresError``; after the closure has ended, `scopeOver`.
    @discardableResult
    public func query(_ sql: SQL, deadline: MonotonicInstant?) async throws(PostgresError) -> PostgresRows {
        let result = try await part.run(sql, on: key, until: min(pool.deadline(deadline), limit))
        return PostgresRows(result: result, naming: pool.settings.columnNaming)
    }

    /// Runs `body` inside a savepoint: when it throws, what it did is undone and the rest of the transaction stands.
    ///
    /// - Throws: what `body` throws; ``PostgresError``.
    @discardableResult
    public func transaction<Value>(
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await transaction(until: limit, body)
    }

    func transaction<Value>(
        until limit: MonotonicInstant,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        let savepoint = SQL(text: "vigie_\(depth)")
        try await query("SAVEPOINT \(savepoint)")
        do {
            let inner = PostgresTransaction(
                pool: pool,
                part: part,
                key: key,
                depth: depth + 1,
                limit: min(limit, self.limit)
            )
            let value = try await body(inner)
            try await query("RELEASE SAVEPOINT \(savepoint)")
            return value
        } catch {
            let reason = error
            // When the connection is gone this fails as well, and the reason is the better error.
            _ = try? await part.run(
                "ROLLBACK TO SAVEPOINT \(savepoint)",
                on: key,
                until: pool.grace,
                isCancellable: false
            )
            throw reason
        }
    }
}
