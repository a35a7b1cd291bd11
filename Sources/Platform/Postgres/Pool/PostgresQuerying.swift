public import Reactor

/// Where statements can be sent: a pool, or a transaction.
public protocol PostgresQuerying: Sendable {
    /// Runs one statement and returns all its rows.
    ///
    /// - Parameters:
    ///   - sql: the statement; what is interpolated is bound.
    ///   - deadline: when the caller no longer needs an answer; nil for the settings' `queryTimeout` from now. The current
    ///     context's deadline holds as well.
    /// - Returns: its rows; for a statement that returns none, how many it changed.
    /// - Throws: ``PostgresError``. When the task is cancelled, `cancelled`, at once.
    @discardableResult
    func query(_ sql: SQL, deadline: MonotonicInstant?) async throws(PostgresError) -> PostgresRows
}

extension PostgresQuerying {
    /// Runs one statement and returns all its rows, within the settings' `queryTimeout`.
    ///
    /// - Throws: ``PostgresError``.
    @discardableResult
    public func query(_ sql: SQL) async throws(PostgresError) -> PostgresRows {
        try await query(sql, deadline: nil)
    }

    /// Runs one statement and reads each of its rows as a value.
    ///
    /// - Throws: ``PostgresError``.
    public func all<Value: Decodable>(
        _ type: Value.Type,
        _ sql: SQL,
        deadline: MonotonicInstant? = nil
    ) async throws(PostgresError) -> [Value] {
        try await query(sql, deadline: deadline).decode(type)
    }

    /// Runs one statement and reads its first row as a value; nil when there is none.
    ///
    /// - Throws: ``PostgresError``.
    public func first<Value: Decodable>(
        _ type: Value.Type,
        _ sql: SQL,
        deadline: MonotonicInstant? = nil
    ) async throws(PostgresError) -> Value? {
        try await query(sql, deadline: deadline).decodeFirst(type)
    }

    /// Runs one statement that gives a row whatever happens, such as INSERT … RETURNING, and reads it as a value.
    ///
    /// - Throws: ``PostgresError``; `notDecodable` when there is no row after all.
    public func one<Value: Decodable>(
        _ type: Value.Type,
        _ sql: SQL,
        deadline: MonotonicInstant? = nil
    ) async throws(PostgresError) -> Value {
        guard let value = try await first(type, sql, deadline: deadline) else {
            throw PostgresError(.notDecodable, "the statement returned no row")
        }
        return value
    }

    /// Runs one statement for its effect.
    ///
    /// - Returns: how many rows it changed.
    /// - Throws: ``PostgresError``.
    @discardableResult
    public func execute(
        _ sql: SQL,
        deadline: MonotonicInstant? = nil
    ) async throws(PostgresError) -> Int {
        try await query(sql, deadline: deadline).affectedCount
    }
}
