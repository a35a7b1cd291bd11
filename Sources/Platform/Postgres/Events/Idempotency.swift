/// Which call an `Idempotency-Key` stands for.
package struct IdempotencyKey: Sendable, Hashable {
    /// The client's key.
    package var key: String
    /// The route's template, with its method.
    package var route: String
    /// Who called.
    package var principal: String
    /// A digest of the request: the same key with another one is a mistake of the client.
    package var requestHash: [UInt8]

    /// Makes a key.
    package init(key: String, route: String, principal: String, requestHash: [UInt8]) {
        self.key = key
        self.route = route
        self.principal = principal
        self.requestHash = requestHash
    }
}

/// The first answer to a call, to be given again.
package struct KeptAnswer: Sendable, Hashable {
    /// The HTTP status.
    package var status: Int
    /// The fields, each a name and a value, in order.
    package var headers: [[String]]
    /// The content.
    package var body: [UInt8]

    /// Makes an answer.
    package init(status: Int, headers: [[String]], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// What a call with an `Idempotency-Key` is.
package enum IdempotencyVerdict: Sendable, Hashable {
    /// The first: do the work, and store its answer in the same transaction.
    case first
    /// A repetition: give this answer.
    case replay(KeptAnswer)
    /// The key was used with another request: 422.
    case conflict
}

extension PostgresTransaction {
    /// Claims an idempotency key. A second call that comes while the first one's transaction is open waits for its end:
    /// after a commit it is a repetition, after a rollback the first.
    ///
    /// To be called in a transaction of isolation `readCommitted`, before anything else.
    /// - Throws: ``PostgresError``.
    package func claim(_ key: IdempotencyKey) async throws(PostgresError) -> IdempotencyVerdict {
        let claimed = try await execute(
            """
            INSERT INTO vigie_idempotency AS i (key, route, principal, request_hash, expires_at)
            VALUES (\(key.key), \(key.route), \(key.principal), \(key.requestHash), now() + interval '24 hours')
            ON CONFLICT (key, route, principal) DO UPDATE
            SET request_hash = excluded.request_hash, expires_at = excluded.expires_at,
                status = NULL, headers = NULL, body = NULL
            WHERE i.expires_at <= now()
            """
        )
        guard claimed == 0 else { return .first }
        let stored = try await first(
            Stored.self,
            """
            SELECT request_hash, status, headers, body FROM vigie_idempotency
            WHERE key = \(key.key) AND route = \(key.route) AND principal = \(key.principal)
            """
        )
        guard let stored, stored.requestHash == key.requestHash, let status = stored.status else {
            return .conflict
        }
        return .replay(KeptAnswer(status: status, headers: stored.headers ?? [], body: stored.body ?? []))
    }

    private struct Stored: Decodable {
        let requestHash: [UInt8]
        let status: Int?
        let headers: [[String]]?
        let body: [UInt8]?
    }

    /// Stores the answer to a call that ``claim(_:)`` has called the first; it is kept for 24 hours.
    ///
    /// - Throws: ``PostgresError``.
    package func store(_ answer: KeptAnswer, for key: IdempotencyKey) async throws(PostgresError) {
        try await query(
            """
            UPDATE vigie_idempotency
            SET status = \(answer.status), headers = \(json: answer.headers), body = \(answer.body)
            WHERE key = \(key.key) AND route = \(key.route) AND principal = \(key.principal)
            """
        )
    }
}

extension PostgresPool {
    /// Deletes the answers that are older than 24 hours, at most `limit` of them.
    ///
    /// - Returns: how many were deleted.
    /// - Throws: ``PostgresError``.
    @discardableResult
    public func deleteExpiredAnswers(limit: Int = 1_000) async throws(PostgresError) -> Int {
        try await execute(
            """
            DELETE FROM vigie_idempotency WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM vigie_idempotency WHERE expires_at <= now() LIMIT \(limit)
            ))
            """
        )
    }
}
