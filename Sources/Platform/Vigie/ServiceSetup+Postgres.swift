public import Postgres
import Reactor
import Telemetry

extension ServiceSetup {
    /// Connects to the service's database, as `database.*` says, and brings its schema up to date.
    ///
    /// The pool is measured and traced, `/health` asks it, first answers of `.idempotent` routes are kept in it, and it is
    /// closed at the end. A database that is away is waited for, at most `database.start-timeout`.
    /// - Throws: ``StartError`` when it stays away; `PostgresError` for migrations that can't be applied.
    public func postgres(migrations: [PostgresMigration]) async throws -> PostgresPool {
        let options = configuration[DatabaseOptions.self]
        var settings = options.settings
        settings.applicationName = identity.name.name
        let pool = try PostgresPool(settings, on: group, metrics: databaseMetrics())
        closes { await pool.close() }
        depends(on: "database", kind: "datastore") {
            _ = try await pool.ping(deadline: Context.current.deadline)
        }
        try await waitUntilThere(pool, options.startTimeout)
        let count = try await pool.migrate(migrations)
        if count > 0 { logger.info("schema migrated", ["applied": .int(count)]) }
        let answers = PostgresIdempotencyStore(pool)
        keepsAnswers(in: answers)
        runs("expired answers") { try await answers.run() }
        return pool
    }

    private func waitUntilThere(_ pool: PostgresPool, _ timeout: Duration) async throws {
        let end = MonotonicInstant.now + timeout
        var wait = Duration.milliseconds(100)
        while true {
            do {
                _ = try await pool.ping(deadline: min(end, .now + .seconds(5)))
                return
            } catch {
                // libpq breaks its messages into lines.
                let reason = error.detail.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                guard MonotonicInstant.now + wait < end, error.mayPass else {
                    throw StartError("the database can't be reached, check database.url: \(reason)")
                }
                logger.warning("waiting for the database", ["error": .string(reason)])
            }
            try await group.next().sleep(for: wait)
            wait = min(wait * 2, .seconds(2))
        }
    }
}

extension PostgresError {
    /// Whether waiting may mend it: the server is away or begins to work.
    fileprivate var mayPass: Bool {
        switch code {
        case .notConnected, .connectionLost, .timedOut, .poolExhausted: true
        default: false
        }
    }
}
