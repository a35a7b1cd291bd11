import FoundationEssentials
import Vigie

/// Locks an address after wrong passwords, whether it has an account or not: so that the lock does not tell.
struct LoginGuard: Sendable {
    let database: PostgresPool
    let limit: Int
    let window: Duration
    let lock: Duration

    /// Lets a login go on.
    ///
    /// - Throws: 429 while the address is locked.
    func admit(_ email: EmailAddress, at now: Date) async throws {
        let end = try await database.first(
            Date.self,
            """
            SELECT locked_until FROM failed_login
            WHERE email_hash = \(try Self.hash(email)) AND locked_until > \(now)
            """
        )
        if let end { throw Self.locked(until: end, now) }
    }

    /// Forgets the failures behind a right password.
    ///
    /// Asks for the lock again: of guesses that were checked at once, none may be confirmed that came behind the lock.
    /// - Throws: 429 while the address is locked.
    func succeed(_ email: EmailAddress, at now: Date) async throws {
        try await admit(email, at: now)
        try await database.execute(
            """
            DELETE FROM failed_login
            WHERE email_hash = \(try Self.hash(email)) AND (locked_until IS NULL OR locked_until <= \(now))
            """
        )
    }

    /// Counts a wrong password; the last one within the window locks the address.
    func fail(_ email: EmailAddress, at now: Date) async throws {
        let oldest = now.addingTimeInterval(-window.seconds)
        let end = now.addingTimeInterval(lock.seconds)
        try await database.execute(
            """
            INSERT INTO failed_login AS f (email_hash, failures, began_at, locked_until)
            VALUES (\(try Self.hash(email)), 1, \(now),
                CASE WHEN \(limit)::int <= 1 THEN \(end)::timestamptz END)
            ON CONFLICT (email_hash) DO UPDATE SET
                failures = CASE WHEN f.began_at <= \(oldest) THEN 1 ELSE f.failures + 1 END,
                began_at = CASE WHEN f.began_at <= \(oldest) THEN \(now) ELSE f.began_at END,
                locked_until = CASE
                    WHEN f.locked_until > \(now) THEN f.locked_until
                    WHEN (CASE WHEN f.began_at <= \(oldest) THEN 1 ELSE f.failures + 1 END) >= \(limit)::int
                        THEN \(end)
                END
            """
        )
    }

    /// Deletes what counts no more.
    func forget(at now: Date) async throws {
        let oldest = now.addingTimeInterval(-window.seconds)
        try await database.execute(
            """
            DELETE FROM failed_login
            WHERE began_at <= \(oldest) AND (locked_until IS NULL OR locked_until <= \(now))
            """
        )
    }

    /// Whole seconds until a time that the database has rounded to its microseconds: up, but for such a rounding.
    static func secondsLeft(until end: Date, _ now: Date) -> Int {
        max(1, Int((end.timeIntervalSince(now) - 0.001).rounded(.up)))
    }

    private static func locked(until end: Date, _ now: Date) -> Problem {
        let seconds = secondsLeft(until: end, now)
        return Problem(
            429,
            detail: "too many wrong passwords for this address; try again in \(seconds) s",
            reason: "login_locked",
            isRetryable: true,
            fields: [.retryAfter: String(seconds)]
        )
    }

    private static func hash(_ email: EmailAddress) throws(KeyError) -> [UInt8] {
        try Digest.sha256(Array(email.text.utf8))
    }
}

extension Duration {
    /// In seconds, as Foundation counts.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
