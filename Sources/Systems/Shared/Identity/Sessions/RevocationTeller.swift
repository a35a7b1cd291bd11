import FoundationEssentials
import Vigie

/// Tells the gateways of revoked tokens: what a transaction has written is told until it is, also after a crash.
struct RevocationTeller: Sendable {
    let database: PostgresPool
    /// Nil where nobody follows the list.
    let list: RevokedTokens?
    let issuer: String
    let clock: @Sendable () -> Date

    private struct Revoked: Decodable {
        let id: UUID
        let endsAt: Date
    }

    private static let batch = 100

    /// Tells of what was not told yet, and takes what has ended off the list.
    ///
    /// - Throws: `ConsulError`, `PostgresError`: the rest is told the next time.
    func tell() async throws {
        try await add()
        try await remove()
    }

    /// Tells at once what a request has just revoked. What fails is tried again by the work beside the requests.
    func hurry() async {
        do { try await add() } catch {
            Context.current.logger.warning("revocations not told yet", ["error": "\(error)"])
        }
    }

    private func add() async throws {
        guard let list else { return }
        while true {
            let new = try await database.all(
                Revoked.self,
                """
                SELECT id, ends_at FROM revoked_token WHERE told_at IS NULL AND ends_at > \(clock())
                ORDER BY ends_at LIMIT \(Self.batch)
                """
            )
            for token in new {
                let end = UnixTime(seconds: Int64(token.endsAt.timeIntervalSince1970))
                try await list.add(token.id.uuidString.lowercased(), of: issuer, until: end)
                try await database.execute(
                    "UPDATE revoked_token SET told_at = \(clock()) WHERE id = \(token.id)"
                )
            }
            guard new.count == Self.batch else { return }
        }
    }

    private func remove() async throws {
        let past = clock().addingTimeInterval(-RevokedTokens.grace.seconds)
        let old = try await database.all(
            Revoked.self,
            "SELECT id, ends_at FROM revoked_token WHERE ends_at <= \(past) LIMIT \(Self.batch)"
        )
        for token in old {
            try await list?.remove(token.id.uuidString.lowercased())
            try await database.execute("DELETE FROM revoked_token WHERE id = \(token.id)")
        }
    }
}
