import FoundationEssentials
import Vigie

/// Who comes in: registration and login.
struct Entrance: Sendable {
    let database: PostgresPool
    let accounts: AccountStore
    let logins: LoginGuard
    let sessions: SessionStore
    let hasher: PasswordHasher
    let clock: @Sendable () -> Date

    /// Makes an account and begins its first session.
    ///
    /// - Throws: 409 for an address that has one; 503 when too many passwords wait to be hashed.
    func register(_ new: NewAccount) async throws -> TokenAnswer {
        guard let email = EmailAddress(new.email), let roles = (new.role ?? .guest).registered else {
            // Both were checked with the content.
            throw Problem(.unprocessableContent)
        }
        let hash = try await hashing { try await hasher.hash(Secret(new.password)) }
        let now = clock()
        return try await database.transaction { tx in
            let id = try await accounts.create(new, email, roles: roles, passwordHash: hash, at: now, in: tx)
            return try await sessions.begin(for: id, roles: roles.map(\.rawValue), at: now, in: tx)
        }
    }

    /// Begins a session for who knows the password.
    ///
    /// - Throws: 401, the same and as late for a wrong password as for no account; 429 while the address is locked.
    func login(_ credentials: Credentials) async throws -> TokenAnswer {
        guard let email = EmailAddress(credentials.email) else { throw Self.refusal }
        try await logins.admit(email, at: clock())
        let account = try await accounts.login(email)
        let password = Secret(credentials.password)
        let verdict = try await hashing {
            try await hasher.verify(password, against: account?.passwordHash)
        }
        guard let account, verdict != .wrong else {
            try await logins.fail(email, at: clock())
            throw Self.refusal
        }
        try await logins.succeed(email, at: clock())
        if verdict == .correctAndOutdated {
            let hash = try await hashing { try await hasher.hash(password) }
            try await accounts.rehash(account.id, from: account.passwordHash, to: hash)
        }
        let now = clock()
        return try await database.transaction { tx in
            guard
                let roles = try await tx.first(
                    Roles.self,
                    "SELECT roles FROM account WHERE id = \(account.id)"
                )
            else { throw Self.refusal }
            return try await sessions.begin(for: account.id, roles: roles.roles, at: now, in: tx)
        }
    }

    /// Makes an account an administrator, with this password; one that is one already is left alone.
    ///
    /// Whoever registered with the address before loses the account: the configuration counts.
    func appoint(_ email: EmailAddress, _ password: Secret) async throws {
        let known = try await database.first(
            Bool.self,
            "SELECT 'admin' = ANY (roles) FROM account WHERE email = \(email.text)"
        )
        guard known != true else { return }
        let (hash, now) = (try await hasher.hash(password), clock())
        let roles = Role.allCases.map(\.rawValue)
        try await database.transaction { tx in
            let id = try await tx.one(
                UUID.self,
                """
                INSERT INTO account
                    (id, email, password_hash, first_name, last_name, roles, created_at, updated_at)
                VALUES (\(UUID.version7()), \(email.text), \(hash), 'Admin', 'Admin', \(roles), \(now), \(now))
                ON CONFLICT (email) DO UPDATE SET roles = excluded.roles, password_hash = excluded.password_hash,
                    updated_at = excluded.updated_at
                RETURNING id
                """
            )
            try await sessions.endAll(of: id, at: now, in: tx)
        }
    }

    private struct Roles: Decodable { let roles: [String] }

    private static let refusal = Problem(
        .unauthorized,
        detail: "the e-mail address or the password is wrong",
        reason: "wrong_credentials",
        fields: ["www-authenticate": "Bearer"]
    )

    private func hashing<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch is BlockingPool.Overloaded {
            throw Problem.overloaded("password_hashing_full")
        }
    }
}
