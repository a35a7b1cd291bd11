import FoundationEssentials
import Vigie

/// Sessions: each a family of refresh tokens, of which the last one alone is good. One that comes a second time has been
/// stolen, from whom or by whom nobody knows: all of its family end (RFC 9700 §4.14.2).
struct SessionStore: Sendable {
    let database: PostgresPool
    let tokens: AccessTokens
    let refreshTime: Duration

    /// Begins a session.
    func begin(
        for account: UUID,
        roles: [String],
        at now: Date,
        in tx: PostgresTransaction
    ) async throws -> TokenAnswer {
        let session = UUID.version7(at: now)
        try await tx.execute(
            """
            INSERT INTO session (id, account, created_at, expires_at)
            VALUES (\(session), \(account), \(now), \(now.addingTimeInterval(refreshTime.seconds)))
            """
        )
        return try await issue(session, account, roles, now, tx)
    }

    private struct Session: Decodable {
        let id: UUID
        let account: UUID
        let isRevoked: Bool
    }

    private struct Stored: Decodable {
        let isUsed: Bool
        let isOver: Bool
        let roles: [String]
    }

    /// Gives new tokens for a refresh token, which is used up by that.
    ///
    /// - Returns: nil for a token that is not good. One that was used before has ended its session by then.
    func renew(_ token: RefreshToken, at now: Date) async throws -> TokenAnswer? {
        try await database.transaction { tx in
            guard let session = try await lock(token, tx), !session.isRevoked else { return nil }
            // Read when the session is locked: what others did to the token before is seen.
            let stored = try await tx.first(
                Stored.self,
                """
                SELECT used_at IS NOT NULL AS is_used, t.expires_at <= \(now) AS is_over, roles
                FROM refresh_token t, account a WHERE hash = \(token.hash) AND a.id = \(session.account)
                """
            )
            guard let stored, !stored.isOver else { return nil }
            guard !stored.isUsed else {
                Context.current.logger.warning(
                    "a refresh token was used twice; its session is revoked",
                    [
                        "session": .string(session.id.uuidString.lowercased()),
                        "account": .string(session.account.uuidString.lowercased()),
                    ]
                )
                try await revoke(session.id, now, tx)
                return nil
            }
            try await tx.execute("UPDATE refresh_token SET used_at = \(now) WHERE hash = \(token.hash)")
            try await tx.execute(
                """
                UPDATE session SET expires_at = \(now.addingTimeInterval(refreshTime.seconds))
                WHERE id = \(session.id)
                """
            )
            return try await issue(session.id, session.account, stored.roles, now, tx)
        }
    }

    /// Ends the session of a refresh token, also of one that was used before; nothing for an unknown one.
    func end(_ token: RefreshToken, at now: Date) async throws {
        try await database.transaction { tx in
            guard let session = try await lock(token, tx), !session.isRevoked else { return }
            try await revoke(session.id, now, tx)
        }
    }

    /// Ends all sessions of an account.
    func endAll(of account: UUID, at now: Date, in tx: PostgresTransaction) async throws {
        let sessions = try await tx.all(
            UUID.self,
            "SELECT id FROM session WHERE account = \(account) AND revoked_at IS NULL ORDER BY id FOR UPDATE"
        )
        for session in sessions { try await revoke(session, now, tx) }
    }

    /// Deletes what can't be used any more, a few at a time.
    func forget(at now: Date) async throws {
        try await database.execute(
            """
            DELETE FROM session WHERE id = ANY (ARRAY(
                SELECT id FROM session WHERE expires_at <= \(now) LIMIT 1000))
            """
        )
        try await database.execute(
            """
            DELETE FROM refresh_token WHERE hash = ANY (ARRAY(
                SELECT hash FROM refresh_token WHERE expires_at <= \(now) LIMIT 1000))
            """
        )
    }

    /// The session of a token, locked: one after another changes it.
    private func lock(_ token: RefreshToken, _ tx: PostgresTransaction) async throws -> Session? {
        try await tx.first(
            Session.self,
            """
            SELECT id, account, revoked_at IS NOT NULL AS is_revoked FROM session
            WHERE id = (SELECT session FROM refresh_token WHERE hash = \(token.hash)) FOR UPDATE
            """
        )
    }

    private func revoke(_ session: UUID, _ now: Date, _ tx: PostgresTransaction) async throws {
        try await tx.execute("UPDATE session SET revoked_at = \(now) WHERE id = \(session)")
        try await tx.execute(
            """
            INSERT INTO revoked_token (id, ends_at)
            SELECT access_id, access_until FROM refresh_token
            WHERE session = \(session) AND access_until > \(now)
            ON CONFLICT (id) DO NOTHING
            """
        )
    }

    private func issue(
        _ session: UUID,
        _ account: UUID,
        _ roles: [String],
        _ now: Date,
        _ tx: PostgresTransaction
    ) async throws -> TokenAnswer {
        let refresh = try RefreshToken.random()
        let access = try await tokens.issue(to: account, roles: roles, at: now)
        try await tx.execute(
            """
            INSERT INTO refresh_token (hash, session, expires_at, access_id, access_until)
            VALUES (\(refresh.hash), \(session), \(now.addingTimeInterval(refreshTime.seconds)), \(access.id),
                \(access.end))
            """
        )
        return TokenAnswer(
            userId: account,
            accessToken: access.text,
            tokenType: "Bearer",
            expiresIn: Int(tokens.lifetime.components.seconds),
            refreshToken: refresh.text
        )
    }
}
