import PostgresServer
import Reactor
import Testing

@testable import Postgres

@Suite("transactions", .enabled(if: TestServer.isWanted, "needs PostgreSQL"), .timeLimit(.minutes(2)))
struct TransactionTests {
    struct Stop: Error {}

    static func table(_ change: (inout PostgresSettings) -> Void = { _ in }) async throws -> PostgresPool {
        let pool = try await TestServer.shared.pool(change)
        try await pool.query("CREATE TABLE t (a int PRIMARY KEY)")
        return pool
    }

    static func rows(_ pool: PostgresPool) async throws -> [Int] {
        try await pool.all(Int.self, "SELECT a FROM t ORDER BY a")
    }

    @Test("what is thrown undoes all, and the connection serves on")
    func rollsBack() async throws {
        let pool = try await Self.table { $0.maxConnections = 1 }
        await #expect(throws: Stop.self) {
            try await pool.transaction { tx in
                try await tx.query("INSERT INTO t VALUES (1)")
                throw Stop()
            }
        }
        try await pool.transaction { try await $0.query("INSERT INTO t VALUES (2)") }
        #expect(try await Self.rows(pool) == [2])
        #expect(await pool.counters.opened == 1)
        await pool.close()
    }

    @Test("an error that the closure swallows is not taken for a commit")
    func swallowed() async throws {
        let pool = try await Self.table()
        let failure = await code {
            try await pool.transaction { tx in
                try await tx.query("INSERT INTO t VALUES (1)")
                _ = try? await tx.query("SELECT 1/0")
            }
        }
        #expect(failure == .transactionAborted)
        #expect(try await Self.rows(pool) == [])
        await pool.close()
    }

    @Test("a nested one is a savepoint")
    func nested() async throws {
        let pool = try await Self.table()
        try await pool.transaction { tx in
            try await tx.query("INSERT INTO t VALUES (1)")
            await #expect(throws: Stop.self) {
                try await tx.transaction { inner in
                    try await inner.query("INSERT INTO t VALUES (2)")
                    try await inner.transaction { try await $0.query("INSERT INTO t VALUES (3)") }
                    throw Stop()
                }
            }
            let failure = await code {
                _ = try await tx.transaction { try await $0.query("INSERT INTO t VALUES (1)") }
            }
            #expect(failure == .uniqueViolation)
            try await tx.transaction { try await $0.query("INSERT INTO t VALUES (4)") }
        }
        #expect(try await Self.rows(pool) == [1, 4])
        await pool.close()
    }

    @Test("serialization failures are repeated as often as allowed, and counted right in the end")
    func serialization() async throws {
        let pool = try await Self.table { $0.maxConnections = 8 }
        try await pool.query("CREATE TABLE counter (n int)")
        try await pool.query("INSERT INTO counter VALUES (0)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await pool.transaction(isolation: .serializable, retries: 50) { tx in
                        let n = try await tx.first(Int.self, "SELECT n FROM counter") ?? 0
                        try await tx.query("UPDATE counter SET n = \(n + 1)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await pool.first(Int.self, "SELECT n FROM counter") == 8)
        // Whether those met is a matter of luck; this one is overtaken between its reading and its writing.
        let overtaken = Count()
        try await pool.transaction(isolation: .serializable, retries: 1) { tx in
            overtaken.up()
            let n = try await tx.first(Int.self, "SELECT n FROM counter") ?? 0
            if overtaken.value == 1 { try await pool.query("UPDATE counter SET n = n + 1") }
            try await tx.query("UPDATE counter SET n = \(n + 1)")
        }
        #expect(overtaken.value == 2)
        #expect(try await pool.first(Int.self, "SELECT n FROM counter") == 10)
        await pool.close()
    }

    @Test("a deadlock is repeated")
    func deadlock() async throws {
        let pool = try await Self.table { $0.maxConnections = 4 }
        try await pool.query("INSERT INTO t VALUES (1), (2)")
        let repeats = Count()
        let locked = Count()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (first, second) in [(1, 2), (2, 1)] {
                group.addTask {
                    try await pool.transaction(retries: 5) { tx in
                        repeats.up()
                        try await tx.query("SELECT a FROM t WHERE a = \(first) FOR UPDATE")
                        locked.up()
                        #expect(try await settles { locked.value >= 2 })
                        try await tx.query("SELECT a FROM t WHERE a = \(second) FOR UPDATE")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(repeats.value == 3)
        await pool.close()
    }

    @Test("cancelling the task rolls back, also in the middle of a statement")
    func cancelled() async throws {
        let pool = try await Self.table { $0.maxConnections = 1 }
        let task = Task {
            await code {
                try await pool.transaction { tx in
                    try await tx.query("INSERT INTO t VALUES (1)")
                    try await tx.query("SELECT pg_sleep(60)")
                }
            }
        }
        #expect(try await settles { await pool.counters.statements >= 3 })
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(try await Self.rows(pool) == [])
        #expect(await pool.counters.opened == 1)
        await pool.close()
    }

    @Test("a handle that outlives its closure is refused")
    func outlived() async throws {
        let pool = try await Self.table()
        let kept = try await pool.transaction { $0 }
        #expect(await code { try await kept.query("SELECT 1") } == .scopeOver)
        await pool.close()
    }
}
