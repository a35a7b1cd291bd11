import PostgresServer
import Reactor
import Testing

@testable import Postgres

@Suite("pipelines", .enabled(if: TestServer.isWanted, "needs PostgreSQL"), .timeLimit(.minutes(2)))
struct PipelineTests {
    @Test("10 000 statements of 64 tasks have each its own answer, in the order in which a task sent them")
    func unmixed() async throws {
        let group = try TestServer.loop
        let pool = try await TestServer.shared.pool { $0.maxConnections = 4 }
        try await pool.query("CREATE TABLE log (task int, step int, at bigint GENERATED ALWAYS AS IDENTITY)")
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for task in 0..<64 {
                tasks.addTask(executorPreference: group.loops[0]) {
                    for step in 0..<157 {
                        if step % 10 == 9 {
                            try await pool.query("INSERT INTO log (task, step) VALUES (\(task), \(step))")
                        } else {
                            let rows = try await pool.query("SELECT \(task)::int, \(step)::int")
                            let (gotTask, gotStep) = try #require(rows.first).values(Int.self, Int.self)
                            #expect(gotTask == task && gotStep == step)
                        }
                    }
                }
            }
            try await tasks.waitForAll()
        }
        let logged = try await pool.query("SELECT task, step FROM log ORDER BY task, at")
        var steps: [Int: [Int]] = [:]
        for row in logged {
            let (task, step) = try row.values(Int.self, Int.self)
            steps[task, default: []].append(step)
        }
        #expect(steps.count == 64)
        #expect(steps.values.allSatisfy { $0 == Array(stride(from: 9, to: 157, by: 10)) })
        let counters = await pool.counters
        #expect(counters.statements >= 64 * 157)
        #expect(counters.opened <= 4)
        await pool.close()
    }

    @Test("tasks on each loop use connections of that loop")
    func ownLoop() async throws {
        let group = try TestServer.pair
        let pool = try await TestServer.shared.pool(on: group) { $0.maxConnections = 2 }
        for loop in group.loops {
            try await Task(executorPreference: loop) {
                _ = try await pool.ping()
                #expect(EventLoop.current === loop)
            }.value
        }
        #expect(await pool.loops[0].counters.opened == 1)
        #expect(await pool.loops[1].counters.opened == 1)
        await pool.close()
    }

    @Test("the head's deadline cancels it at the server; those behind it have their answers")
    func headDeadline() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        _ = try await pool.ping()
        async let slow = code {
            try await pool.query("SELECT pg_sleep(60)", deadline: .now + .milliseconds(200))
        }
        let behind = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<10 { group.addTask { try await pool.first(Int.self, "SELECT \(number)::int") } }
            return try await group.reduce(into: Set<Int>()) { if let number = $1 { $0.insert(number) } }
        }
        #expect(await slow == .timedOut)
        #expect(behind == Set(0..<10))
        #expect(await pool.counters.cancels == 1)
        #expect(
            try await pool.first(
                Int.self,
                """
                SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
                AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()
                """
            ) == 0
        )
        await pool.close()
    }

    @Test("a statement that is not at the head is not cancelled, only its answer is dropped")
    func laterDeadline() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        try await pool.query("CREATE TABLE t (a int)")
        async let head = pool.first(Int.self, "SELECT 7 FROM pg_sleep(1)")
        // In the pipeline behind the head, if the head is there first; alone it would be done in time.
        #expect(try await settles { await pool.counters.used == 1 })
        let late = await code {
            try await pool.query("INSERT INTO t VALUES (1)", deadline: .now + .milliseconds(100))
        }
        #expect(late == .timedOut)
        #expect(try await head == 7)
        #expect(try await pool.first(Int.self, "SELECT count(*) FROM t") == 1)
        #expect(await pool.counters.cancels == 0)
        await pool.close()
    }

    @Test("a cancelled task has its error at once, and the server is told")
    func cancellation() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        _ = try await pool.ping()
        let task = Task { await code { try await pool.query("SELECT pg_sleep(60)") } }
        #expect(try await settles { await pool.counters.used == 1 })
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(try await pool.first(Int.self, "SELECT 1") == 1)
        #expect(await pool.counters.cancels == 1)
        let before = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return await code { try await pool.query("SELECT 1") }
        }
        #expect(await before.value == .cancelled)
        await pool.close()
    }

    @Test("the server's own limit is the backstop")
    func statementTimeout() async throws {
        let pool = try await TestServer.shared.pool { $0.statementTimeout = .milliseconds(50) }
        #expect(await code { try await pool.query("SELECT pg_sleep(60)") } == .timedOut)
        await pool.close()
    }
}
