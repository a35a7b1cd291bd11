import PostgresServer
import Reactor
import Telemetry
import Testing

@testable import Postgres

/// The deadline of the request that a call is made for, which nobody passes on by hand.
@Suite(
    "the context's deadline",
    .enabled(if: TestServer.isWanted, "needs PostgreSQL"),
    .timeLimit(.minutes(2))
)
struct DeadlineTests {
    /// A pool whose own limits come too late for any test.
    private static func patientPool(connections: Int = 4) async throws -> PostgresPool {
        try await TestServer.shared.pool {
            $0.maxConnections = connections
            ($0.queryTimeout, $0.acquireTimeout, $0.statementTimeout) = (.seconds(600), .seconds(600), .zero)
        }
    }

    private static func within<Value>(
        _ time: Duration,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        try await Context.with(Context().with(deadline: .now + time)) { try await body() }
    }

    @Test("it ends a statement, also on the server")
    func statement() async throws {
        let pool = try await Self.patientPool()
        let failure = await code {
            try await Self.within(.milliseconds(50)) { _ = try await pool.query("SELECT pg_sleep(60)") }
        }
        #expect(failure == .timedOut)
        let running: SQL = """
            SELECT count(*) FROM pg_stat_activity
            WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()
              AND datname = current_database()
            """
        #expect(try await settles { try await pool.first(Int.self, running) == 0 })
        #expect(await pool.counters.cancels == 1)
        await pool.close()
    }

    @Test("a call's own deadline can only be sooner")
    func sooner() async throws {
        let pool = try await Self.patientPool()
        for (own, outer) in [(30_000, 50), (50, 30_000)] {
            let failure = await code {
                try await Self.within(.milliseconds(outer)) {
                    let deadline = MonotonicInstant.now + .milliseconds(own)
                    try await pool.query("SELECT pg_sleep(60)", deadline: deadline)
                }
            }
            #expect(failure == .timedOut)
        }
        await pool.close()
    }

    @Test("nothing is sent when it has passed before")
    func passed() async throws {
        let pool = try await Self.patientPool()
        try await pool.query("CREATE TABLE t (a int)")
        let before = await pool.counters
        let failures: [PostgresError.Code?] = await Self.within(.zero) {
            [
                await code { _ = try await pool.query("INSERT INTO t VALUES (1)") },
                await code {
                    try await pool.transaction { _ = try await $0.query("INSERT INTO t VALUES (2)") }
                },
                await code { _ = try await pool.copyIn("COPY t FROM STDIN") { try await $0.write(3) } },
            ]
        }
        #expect(failures == [.timedOut, .timedOut, .timedOut])
        #expect(await pool.counters.statements == before.statements)
        await pool.close()
    }

    @Test("it ends the wait for a connection")
    func acquiring() async throws {
        let pool = try await Self.patientPool(connections: 1)
        try await pool.transaction { _ in
            let failure = await code {
                try await Self.within(.milliseconds(50)) { try await pool.transaction { _ in } }
            }
            #expect(failure == .poolExhausted)
        }
        await pool.close()
    }

    @Test(
        "a transaction that it finds open is rolled back, and its connection serves on",
        arguments: [false, true]
    )
    func transaction(isOwn: Bool) async throws {
        let pool = try await Self.patientPool(connections: 1)
        try await pool.query("CREATE TABLE t (a int)")
        let end = MonotonicInstant.now + .milliseconds(200)
        let failure = await code {
            try await Context.with(Context().with(deadline: isOwn ? .distantFuture : end)) {
                try await pool.transaction(deadline: isOwn ? end : nil) { tx in
                    try await tx.query("INSERT INTO t VALUES (1)")
                    try await tx.transaction { try await $0.query("SELECT pg_sleep(60)") }
                }
            }
        }
        #expect(failure == .timedOut)
        let late = await code {
            let end = MonotonicInstant.now + .milliseconds(100)
            try await Context.with(Context().with(deadline: isOwn ? .distantFuture : end)) {
                try await pool.transaction(deadline: isOwn ? end : nil) { tx in
                    try await tx.query("INSERT INTO t VALUES (2)")
                    try await TestServer.loop.loops[0].sleep(until: end)
                }
            }
        }
        #expect(late == .timedOut)
        #expect(try await pool.first(Int.self, "SELECT count(*) FROM t") == 0)
        #expect(await pool.counters.opened == 1)
        await pool.close()
    }
}
