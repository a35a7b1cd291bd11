public import Reactor

extension PostgresPool {
    /// Brings the schema up to date: first the platform's own tables, then `migrations`, each once, in order.
    ///
    /// What was applied stands in `vigie_migrations` with a SHA-256 of its text. Pools that start together wait for one
    /// another by an advisory lock. A migration and its entry are committed together, unless it says that it needs no
    /// transaction. A database that is ahead, because a newer version of the service has been started, is accepted.
    /// - Parameters:
    ///   - migrations: see ``PostgresMigration/read(folder:)``.
    ///   - deadline: when to give up waiting for others; nil for five minutes.
    /// - Returns: how many were applied.
    /// - Throws: ``PostgresError``: `migrationRefused` when what was applied is not what is given; what a statement
    ///   failed with, its migration named in `detail`.
    @discardableResult
    public func migrate(
        _ migrations: [PostgresMigration],
        deadline: MonotonicInstant? = nil
    ) async throws -> Int {
        let given = try PostgresMigration.ordered(migrations)
        let deadline = deadline ?? .now + .seconds(300)
        return try await withLease(deadline) { part, key in
            try await Migrator(part: part, key: key, deadline: deadline).migrate(given)
        }
    }
}

/// Applies migrations on one connection that holds the lock; when anything fails the connection, and so the lock, ends.
struct Migrator {
    let part: PoolLoop
    let key: LeaseKey
    let deadline: MonotonicInstant

    /// One number for all of Vigie: `vigiemig` in ASCII.
    private static let lockNumber: Int64 = 0x76_69_67_69_65_6d_69_67

    /// Applies the platform's own migrations and those given, while it holds the lock.
    ///
    /// Not inlined: Swift 6.3.1's optimizer crashes on the coroutine that comes of it.
    @inline(never)
    func migrate(_ given: [PostgresMigration]) async throws -> Int {
        try await lock()
        let count = try await apply(PostgresMigration.platform, of: "vigie")
        let all = try await count + apply(given, of: "service")
        try await unlock()
        return all
    }

    /// Waits for the lock by asking again and again: who waits inside of a statement would be waited for by a
    /// CREATE INDEX CONCURRENTLY of the one who holds it.
    func lock() async throws {
        try await run("SET statement_timeout = 0")
        while true {
            let got = try await rows("SELECT pg_try_advisory_lock(\(Self.lockNumber))").decodeFirst(Bool.self)
            if got == true { return }
            guard .now < deadline else {
                throw PostgresError(.timedOut, "another process holds the lock for migrations")
            }
            try await part.loop.sleep(for: .milliseconds(25))
        }
    }

    func unlock() async throws(PostgresError) {
        try await run("SELECT pg_advisory_unlock(\(Self.lockNumber))")
        try await run("RESET statement_timeout")
    }

    /// Applies what is missing of one list.
    func apply(_ migrations: [PostgresMigration], of scope: String) async throws(PostgresError) -> Int {
        try await run(Self.table)
        let applied = try await rows(
            "SELECT number, name, checksum FROM vigie_migrations WHERE scope = \(scope) ORDER BY number"
        ).decode(Applied.self)
        for (migration, entry) in zip(migrations, applied) { try await check(migration, entry) }
        for migration in migrations.dropFirst(applied.count) { try await apply(migration, scope) }
        return max(0, migrations.count - applied.count)
    }

    private struct Applied: Decodable {
        let number: Int
        let name: String
        let checksum: String
    }

    private func check(_ migration: PostgresMigration, _ entry: Applied) async throws(PostgresError) {
        let checksum = try await checksum(of: migration)
        guard entry.number == migration.number, entry.checksum == checksum else {
            throw PostgresError(
                .migrationRefused,
                "\(migration.label) was changed after it had been applied; undo that, and add a new one instead"
            )
        }
    }

    /// SHA-256, by the server, which has it at hand.
    private func checksum(of migration: PostgresMigration) async throws(PostgresError) -> String {
        let bytes = Array(migration.sql.utf8)
        return try await rows("SELECT encode(sha256(\(bytes)), 'hex')").decodeFirst(String.self) ?? ""
    }

    private func apply(_ migration: PostgresMigration, _ scope: String) async throws(PostgresError) {
        let checksum = try await checksum(of: migration)
        let entry: SQL = """
            INSERT INTO vigie_migrations (scope, number, name, checksum)
            VALUES (\(scope), \(migration.number), \(migration.name), \(checksum))
            """
        do throws(PostgresError) {
            if migration.isTransactional { try await run("BEGIN") }
            try await script(migration.sql)
            if migration.isTransactional, await !part.isInTransaction(key) {
                throw PostgresError(.migrationRefused, "it ends its transaction, which is not its own")
            }
            try await run(entry)
            if migration.isTransactional { try await run("COMMIT") }
        } catch {
            throw PostgresError(error.code, "\(migration.label): \(error.detail)", sqlState: error.sqlState)
        }
    }

    /// Any number of statements, by the simple protocol.
    private func script(_ text: String) async throws(PostgresError) {
        guard !text.utf8.contains(0) else { throw PostgresError(.migrationRefused, "it holds a NUL byte") }
        _ = try await part.step(.begin, on: key, until: deadline)
        _ = try await part.step(.run(text), on: key, until: deadline)
        _ = try await part.step(.end, on: key, until: deadline)
    }

    private func run(_ sql: SQL) async throws(PostgresError) { _ = try await rows(sql) }

    private func rows(_ sql: SQL) async throws(PostgresError) -> PostgresRows {
        PostgresRows(result: try await part.run(sql, on: key, until: deadline), naming: .asWritten)
    }

    private static let table: SQL = """
        CREATE TABLE IF NOT EXISTS vigie_migrations (
            scope text NOT NULL, number integer NOT NULL, name text NOT NULL, checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (scope, number)
        )
        """
}
