import FoundationEssentials
import Vigie

/// The accounts in the database.
struct AccountStore: Sendable {
    let database: PostgresPool
    /// The first part of events' subjects.
    let system: String

    /// What a login is checked against.
    struct Login: Decodable, Sendable {
        let id: UUID
        let passwordHash: String
    }

    /// Writes a new account and tells of it.
    ///
    /// - Throws: 409 for an address that has one.
    func create(
        _ new: NewAccount,
        _ email: EmailAddress,
        roles: [Role],
        passwordHash: String,
        at now: Date,
        in tx: PostgresTransaction
    ) async throws -> UUID {
        let (id, roles) = (UUID.version7(), roles.map(\.rawValue))
        do throws(PostgresError) {
            try await tx.execute(
                """
                INSERT INTO account
                    (id, email, password_hash, first_name, last_name, roles, created_at, updated_at)
                VALUES (\(id), \(email.text), \(passwordHash), \(new.firstName), \(new.lastName), \(roles),
                    \(now), \(now))
                """
            )
        } catch {
            guard error.code == .uniqueViolation else { throw error }
            throw Problem(.conflict, detail: "this e-mail address has an account", reason: "email_taken")
        }
        let told = AccountCreated(id: id, firstName: new.firstName, language: "en", roles: roles)
        try await tx.publish(
            CloudEvent(
                "\(system).user.created",
                from: "/\(system)/auth",
                of: id.uuidString.lowercased(),
                told,
                at: now
            )
        )
        return id
    }

    /// What the login at an address is checked against; nil without an account.
    func login(_ email: EmailAddress) async throws -> Login? {
        try await database.first(
            Login.self,
            "SELECT id, password_hash FROM account WHERE email = \(email.text)"
        )
    }

    /// Stores a hash of today's cost in the place of an older one.
    func rehash(_ id: UUID, from old: String, to new: String) async throws {
        try await database.execute(
            "UPDATE account SET password_hash = \(new) WHERE id = \(id) AND password_hash = \(old)"
        )
    }

    /// The account of who calls; nil where it is gone.
    func own(_ id: UUID) async throws -> Account? {
        try await database.first(Account.self, "SELECT * FROM account WHERE id = \(id)")
    }

    /// What everybody may know.
    func shown(_ id: UUID) async throws -> PublicAccount? {
        try await database.first(
            PublicAccount.self,
            """
            SELECT id, first_name, about, 'host' = ANY (roles) AS is_host, created_at
            FROM account WHERE id = \(id)
            """
        )
    }

    /// Changes what its owner may change.
    func change(_ id: UUID, _ profile: ProfileChange, at now: Date) async throws -> Account? {
        try await database.first(
            Account.self,
            """
            UPDATE account SET first_name = \(profile.firstName), last_name = \(profile.lastName),
                about = \(profile.about ?? ""), language = \(profile.language ?? "en"), updated_at = \(now)
            WHERE id = \(id) RETURNING *
            """
        )
    }
}
