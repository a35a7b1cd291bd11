import FoundationEssentials
public import Vigie

/// Who people are: accounts, logins, tokens and the keys to verify them. One process answers for `auth` and for `user`.
public struct Identity: Service {
    /// `auth`.
    public static let name: ServiceName = "auth"
    /// `user`.
    public static let aliases: [ServiceName] = ["user"]
    /// The version.
    public static let version = "1.0.0"
    /// Issuer, system, keys, passwords.
    public static let options: [any ConfigurationPart.Type] = [IdentityOptions.self]

    private let issuer: String
    private let keys: KeyRing
    private let accounts: AccountStore
    private let sessions: SessionStore
    private let entrance: Entrance
    private let teller: RevocationTeller
    private let clock: @Sendable () -> Date

    static let migrations = [
        PostgresMigration(file: "0001_account.sql", PackageResources._001_account_sql),
        PostgresMigration(file: "0002_session.sql", PackageResources._002_session_sql),
        PostgresMigration(file: "0003_signing-key.sql", PackageResources._003_signing_key_sql),
    ]

    /// Connects to the database and reads or makes the key that signs.
    public init(_ setup: ServiceSetup) async throws { try await self.init(setup) { Date() } }

    /// For tests: with the time passed in.
    init(_ setup: ServiceSetup, clock: @escaping @Sendable () -> Date) async throws {
        let options = setup.configuration[IdentityOptions.self]
        let database = try await setup.postgres(migrations: Self.migrations)
        (issuer, self.clock) = (options.issuer, clock)
        keys = KeyRing(database, try options.seals, options.schedule, clock: clock)
        let tokens = AccessTokens(
            keys: keys,
            issuer: options.issuer,
            audience: options.system,
            lifetime: options.accessTime
        )
        accounts = AccountStore(database: database, system: options.system)
        sessions = SessionStore(database: database, tokens: tokens, refreshTime: options.refreshTime)
        entrance = Entrance(
            database: database,
            accounts: accounts,
            logins: options.logins(database),
            sessions: sessions,
            hasher: try PasswordHasher(
                pool: BlockingPool(threads: options.hashThreads, queue: options.hashQueue)
            ),
            clock: clock
        )
        teller = RevocationTeller(
            database: database,
            list: setup.revocations,
            issuer: options.issuer,
            clock: clock
        )
        try await keys.maintain()
        if let admin = options.adminEmail.flatMap({ EmailAddress($0) }), let password = options.adminPassword
        {
            try await entrance.appoint(admin, password)
        }
        setup.believes(issuer: options.issuer, audiences: [options.system]) { [keys] in
            try await keys.keySet()
        }
        upkeep(setup)
    }

    /// What is done beside the requests.
    private func upkeep(_ setup: ServiceSetup) {
        let (loops, keys, teller, sessions) = (setup.group, keys, teller, sessions)
        let (logins, clock) = (entrance.logins, clock)
        setup.runs("signing keys") {
            while true {
                try await keys.maintain()
                try await loops.next().sleep(for: .seconds(60))
            }
        }
        setup.runs("revocations") {
            while true {
                try await teller.tell()
                try await loops.next().sleep(for: .seconds(2))
            }
        }
        setup.runs("what has expired") {
            while true {
                try await sessions.forget(at: clock())
                try await logins.forget(at: clock())
                try await loops.next().sleep(for: .seconds(60))
            }
        }
    }

    /// `/auth`, `/users`, `/.well-known`.
    public var routes: some Routes {
        Group("/auth", auth: .open, .tags("auth")) {
            Post("/register", .summary("Makes an account; gives tokens")) { (_, new: NewAccount) in
                let answer = try await entrance.register(new)
                return Created(
                    answer,
                    location: "/users/\(answer.userId.uuidString.lowercased())",
                    fields: Self.unkept
                )
            }
            Post("/login", .summary("Gives tokens for a password")) { (_, credentials: Credentials) in
                WithFields(try await entrance.login(credentials), Self.unkept)
            }
            Post("/refresh", .summary("Gives new tokens for a refresh token, once")) {
                (_, request: RefreshRequest) in
                WithFields(try await renew(request.refreshToken), Self.unkept)
            }
            Post("/logout", .summary("Ends a session; its tokens are good no more")) {
                (_, request: RefreshRequest) in
                if let token = try RefreshToken(request.refreshToken) {
                    try await sessions.end(token, at: clock())
                    await teller.hurry()
                }
                return NoContent()
            }
            wellKnown
        }
        Group(auth: .open, .tags("auth")) { wellKnown }
        Group("/users", auth: .authenticated, .tags("user")) {
            Get("/me", .summary("Your account")) { (_, me: Principal) -> Account? in
                guard let id = UUID(uuidString: me.subject) else { return nil }
                return try await accounts.own(id)
            }
            Put("/me", .summary("Changes your profile")) {
                (_, change: ProfileChange, me: Principal) -> Account? in
                guard let id = UUID(uuidString: me.subject) else { return nil }
                return try await accounts.change(id, change, at: clock())
            }
            Get("/{id}", .summary("What everybody may know of an account")) { (_, id: UUID) in
                try await accounts.shown(id)
            }
        }
    }

    @RoutesBuilder private var wellKnown: some Routes {
        Get("/.well-known/jwks.json", .summary("The keys of the tokens (RFC 7517)")) { _ in
            Self.document(try await keys.keySet())
        }
        Get("/.well-known/openid-configuration", .summary("Where the keys are")) { _ in
            Self.document(try JSONText.encode(IssuerMetadata(issuer: issuer)))
        }
    }

    private func renew(_ text: String) async throws -> TokenAnswer {
        if let token = try RefreshToken(text), let answer = try await sessions.renew(token, at: clock()) {
            return answer
        }
        await teller.hurry()
        throw Problem(
            .unauthorized,
            detail: "the refresh token is not good: unknown, used, ended or revoked; log in again",
            reason: "refresh_refused",
            isRetryable: false,
            fields: ["www-authenticate": "Bearer"]
        )
    }

    /// Tokens stay in no cache (RFC 6749 §5.1).
    private static let unkept: HTTPFields = [.cacheControl: "no-store"]

    private static func document(_ text: [UInt8]) -> HTTPResponse {
        let fields: HTTPFields = [.contentType: "application/json", .cacheControl: "public, max-age=60"]
        return HTTPResponse(.ok, fields: fields, body: HTTPBody(text))
    }
}
