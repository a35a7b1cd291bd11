public import Reactor
import Telemetry

extension PostgresPool {
    /// Sends rows into a table by `COPY … FROM STDIN`, on a connection of its own; all of them or none.
    ///
    ///     try await pool.copyIn("COPY listing (id, title) FROM STDIN") { copy in
    ///         for listing in listings { try await copy.write(listing.id, listing.title) }
    ///     }
    ///
    /// `write` waits when the server takes no more. When `body` throws, nothing is stored.
    /// - Parameters:
    ///   - sql: a COPY in the text format; it can't hold parameters.
    ///   - deadline: when the caller no longer needs it; the current context's holds as well.
    ///   - body: writes the rows.
    /// - Returns: how many rows were stored.
    /// - Throws: what `body` throws; ``PostgresError``.
    @discardableResult
    public func copyIn(
        _ sql: SQL,
        deadline: MonotonicInstant = .distantFuture,
        _ body: (inout CopyWriter) async throws -> Void
    ) async throws -> Int {
        let deadline = min(deadline, Context.current.deadline)
        return try await withCopy(sql, deadline) { part, key in
            var writer = CopyWriter(part: part, key: key, deadline: deadline)
            try await body(&writer)
            try await writer.flush()
            guard case .result(let result) = try await part.step(.endPut, on: key, until: deadline) else {
                return 0
            }
            return result?.affectedCount ?? 0
        }
    }

    /// Reads rows by `COPY … TO STDOUT`, on a connection of its own; they are fetched as `body` asks for them.
    ///
    /// - Parameters:
    ///   - sql: a COPY in any format; it can't hold parameters.
    ///   - deadline: when the caller no longer needs it; the current context's holds as well.
    ///   - body: reads the rows; what it leaves is not fetched.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; ``PostgresError``.
    public func copyOut<Value>(
        _ sql: SQL,
        deadline: MonotonicInstant = .distantFuture,
        _ body: (inout CopyReader) async throws -> Value
    ) async throws -> Value {
        let deadline = min(deadline, Context.current.deadline)
        return try await withCopy(sql, deadline) { part, key in
            var reader = CopyReader(part: part, key: key, deadline: deadline)
            let value = try await body(&reader)
            // Half a copy is no place from which a connection can go on.
            if !reader.isAtEnd { await part.discard(key) }
            return value
        }
    }

    private func withCopy<Value>(
        _ sql: SQL,
        _ deadline: MonotonicInstant,
        _ body: (PoolLoop, LeaseKey) async throws -> Value
    ) async throws -> Value {
        if let failure = sql.failure { throw failure }
        guard sql.parameters.slots.isEmpty else {
            throw PostgresError(.notEncodable, "COPY takes no parameters; names go in by SQL.identifier")
        }
        return try await withLease(deadline) { part, key in
            _ = try await part.run("SET statement_timeout = 0", on: key, until: self.deadline(nil))
            let value = try await observed(sql, part) {
                _ = try await part.step(.begin, on: key, until: deadline)
                _ = try await part.step(.copy(sql.text), on: key, until: deadline)
                let value = try await body(part, key)
                if await part.holds(key) { _ = try await part.step(.end, on: key, until: deadline) }
                return value
            }
            guard await part.holds(key) else { return value }
            _ = try await part.run("RESET statement_timeout", on: key, until: self.deadline(nil))
            return value
        }
    }

    /// A COPY is a statement to metrics and spans, as long as its rows take.
    private func observed<Value>(
        _ sql: SQL,
        _ part: PoolLoop,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let began = MonotonicInstant.now
        do {
            let value = try await body()
            part.note(sql, began: began, nil)
            return value
        } catch {
            part.note(
                sql,
                began: began,
                error as? PostgresError ?? PostgresError(.cancelled, "the rows' end threw")
            )
            throw error
        }
    }

    /// Lends a connection; it is closed when `body` throws, since nobody knows where it stands.
    func withLease<Value>(
        _ deadline: MonotonicInstant,
        _ body: (PoolLoop, LeaseKey) async throws -> Value
    ) async throws -> Value {
        let part = part
        let key = try await part.lease(until: deadline)
        do {
            let value = try await body(part, key)
            await part.giveBack(key)
            return value
        } catch {
            await part.discard(key)
            throw error
        }
    }
}
