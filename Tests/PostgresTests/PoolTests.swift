import PostgresServer
import Reactor
import Testing

@testable import Postgres

@Suite("the pool", .enabled(if: TestServer.isWanted, "needs PostgreSQL"), .timeLimit(.minutes(2)))
struct PoolTests {
    @Test("when all connections are held, a call fails after its wait, and one too many at once")
    func exhaustion() async throws {
        let pool = try await TestServer.shared.pool {
            $0.maxConnections = 2
            $0.waitingCalls = 2
            $0.acquireTimeout = .milliseconds(300)
        }
        try await pool.transaction { _ in
            try await pool.transaction { _ in
                let before = await pool.counters
                let codes = await withTaskGroup(of: PostgresError.Code?.self) { group in
                    for _ in 0..<3 { group.addTask { await code { _ = try await pool.ping() } } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(codes == [.poolExhausted, .poolExhausted, .poolExhausted])
                let counters = await pool.counters
                #expect(counters.exhausted == 3)
                #expect(counters.used == 2)
                #expect(counters.waits == before.waits + 2)
                #expect(counters.waitTime - before.waitTime >= .milliseconds(500))
            }
        }
        #expect(PostgresError(.poolExhausted, "").retryAfter == .seconds(1))
        #expect(try await pool.first(Int.self, "SELECT 1") == 1)
        await pool.close()
    }

    @Test("a waiting call has the connection that is given back, first come first served")
    func handsOver() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        let order = Noted<Int>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await pool.transaction { _ in
                for number in 0..<5 {
                    group.addTask { try await pool.transaction { _ in order.add(number) } }
                    let isQueued = try await settles { await pool.counters.pending == number + 1 }
                    #expect(isQueued)
                }
            }
            try await group.waitForAll()
        }
        #expect(order.all == [0, 1, 2, 3, 4])
        #expect(await pool.counters.opened == 1)
        await pool.close()
    }

    @Test("a connection that is unused, or old, is closed")
    func reaps() async throws {
        for change: @Sendable (inout PostgresSettings) -> Void in [
            { $0.idleTimeout = .milliseconds(50) }, { $0.maxLifetime = .milliseconds(50) },
        ] {
            let pool = try await TestServer.shared.pool(change)
            _ = try await pool.ping()
            #expect(try await settles { await pool.counters.idle == 0 })
            _ = try await pool.ping()
            #expect(await pool.counters.opened == 2)
            await pool.close()
        }
    }

    @Test("a transaction that somebody begins on a shared connection ends with the statement")
    func strayBegin() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        try await pool.query("CREATE TABLE t (a int)")
        try await pool.query("BEGIN")
        try await pool.query("INSERT INTO t VALUES (1)")
        #expect(try await pool.first(Int.self, "SELECT count(*) FROM t") == 1)
        #expect(await pool.counters.lost == 1)
        await pool.close()
    }

    @Test("a statement that is on its way when its connection is given back is answered")
    func leftBehind() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        let part = pool.loops[0]
        let key = try await part.lease(until: .distantFuture)
        let task = Task {
            await code { _ = try await part.run("SELECT pg_sleep(60)", on: key, until: .distantFuture) }
        }
        #expect(try await settles { await !part.isClean(key) })
        await part.giveBack(key)
        #expect(await task.value == .connectionLost)
        #expect(try await pool.first(Int.self, "SELECT 1") == 1)
        await pool.close()
    }

    @Test("a pool that nobody holds any more ends its connections")
    func letGo() async throws {
        let other = try await TestServer.shared.pool()
        var pool: PostgresPool? = try await TestServer.shared.pool { $0.applicationName = "let-go" }
        _ = try await pool?.ping()
        let count: SQL = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'let-go'"
        #expect(try await other.first(Int.self, count) == 1)
        pool = nil
        #expect(try await settles { try await other.first(Int.self, count) == 0 })
        await other.close()
    }

    @Test("a closed pool says so")
    func closed() async throws {
        let pool = try await TestServer.shared.pool()
        _ = try await pool.ping()
        await pool.close()
        #expect(await code { _ = try await pool.ping() } == .closed)
        #expect(await pool.counters.idle == 0)
    }

    @Test("no server, a wrong database, a wrong URL: each its error, without the password")
    func notConnected() async throws {
        let group = try TestServer.loop
        for url in [
            "host=/nonexistent", "postgres://u:hunter2@127.0.0.1:1/x", "host=no.such.invalid",
            try TestServer.shared.url("nowhere"),
        ] {
            var settings = PostgresSettings(url: url)
            settings.acquireTimeout = .milliseconds(200)
            let pool = try PostgresPool(settings, on: group)
            do throws(PostgresError) {
                _ = try await pool.ping()
                Issue.record("\(url) answered")
            } catch {
                #expect(error.code == .notConnected, "\(error.code) \(error.detail)")
                #expect(!error.detail.contains("hunter2"))
                #expect(error.retryAfter != nil)
            }
            await pool.close()
        }
        #expect(throws: PostgresError.self) {
            try PostgresPool(PostgresSettings(url: "postgres://%zz"), on: group)
        }
    }
}
