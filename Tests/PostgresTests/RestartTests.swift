import PostgresServer
import Reactor
import Synchronization
import Testing

@testable import Postgres

@Suite(
    "a server that goes away",
    .enabled(if: TestServer.isWanted, "needs PostgreSQL"),
    .timeLimit(.minutes(3))
)
struct RestartTests {
    /// Writers that go on until they are told to end, and what they were told.
    final class Writers: Sendable {
        let confirmed = Mutex<Set<Int>>([])
        let lost = Count()
        let isOver = Atomic<Bool>(false)
        private let last = Atomic<Int>(0)

        /// Writes, and reads something of its own, again and again.
        func run(_ pool: PostgresPool) async {
            while !isOver.load(ordering: .relaxed) {
                let id = last.wrappingAdd(1, ordering: .relaxed).newValue
                do throws(PostgresError) {
                    try await pool.query("INSERT INTO w VALUES (\(id))")
                    let echo = try await pool.first(Int.self, "SELECT \(id)::int")
                    #expect(echo == id)
                    confirmed.withLock { _ = $0.insert(id) }
                } catch {
                    #expect(
                        [.connectionLost, .notConnected, .poolExhausted].contains(error.code),
                        "\(error.code) \(error.detail)"
                    )
                    lost.up()
                }
            }
        }

        /// Waits until so many more writes have been confirmed.
        func goOn(_ count: Int) async throws -> Bool {
            let before = confirmed.withLock { $0.count }
            return try await settles { confirmed.withLock { $0.count } > before + count }
        }
    }

    @Test(
        "kill -9 under load: no confirmed write is lost, no answer is another's, and the pool goes on by itself"
    )
    func killed() async throws {
        let server = try TestServer()
        let pool = try await server.pool { $0.maxConnections = 4 }
        try await pool.query("CREATE TABLE w (id int PRIMARY KEY)")
        let writers = Writers()
        let rounds = 3
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 { group.addTask { await writers.run(pool) } }
            for _ in 0..<rounds {
                let isBusy = try await writers.goOn(300)
                #expect(isBusy)
                let before = server.ends
                server.kill()
                // The keeper takes its time: begun again too early, the round would be one without a kill.
                #expect(try await settles { server.ends > before })
                server.start()
            }
            let isBack = try await writers.goOn(300)
            #expect(isBack)
            writers.isOver.store(true, ordering: .relaxed)
            try await group.waitForAll()
        }
        let stored = Set(try await pool.all(Int.self, "SELECT id FROM w"))
        let (confirmed, lost) = (writers.confirmed.withLock { $0 }, writers.lost.value)
        print(
            "kill -9: \(rounds) rounds, \(confirmed.count) confirmed, \(lost) failed, \(confirmed.subtracting(stored).count) lost"
        )
        #expect(confirmed.subtracting(stored).isEmpty)
        #expect(lost >= rounds)
        await pool.close()
    }

    @Test("after a restart the pool serves within two seconds")
    func recovers() async throws {
        let server = try TestServer()
        let pool = try await server.pool { $0.acquireTimeout = .seconds(20) }
        _ = try await pool.ping()
        server.kill()
        #expect(try await settles { await pool.counters.idle == 0 })
        // Waits while the server is away, with attempts farther and farther apart.
        async let answer = pool.first(Int.self, "SELECT 1")
        #expect(try await settles { await pool.counters.failedAttempts >= 6 })
        server.start()
        // A pool of its own that asks without a pause says when the server is back.
        var back: MonotonicInstant?
        #expect(
            try await settles {
                var settings = PostgresSettings(url: server.url("postgres"))
                settings.acquireTimeout = .milliseconds(20)
                let probe = try PostgresPool(settings, on: TestServer.pair)
                defer { Task { await probe.close() } }
                guard (try? await probe.ping()) != nil else { return false }
                back = .now
                return true
            }
        )
        #expect(try await answer == 1)
        #expect(MonotonicInstant.now - (try #require(back)) < .seconds(2))
        await pool.close()
    }

    @Test("a listener connects again and says that it may have missed something")
    func listens() async throws {
        let server = try TestServer()
        let pool = try await server.pool()
        let events = pool.listen("news", "other \"channel\"").makeAsyncIterator()
        #expect(try await events.next() == .listening)
        try await pool.query("SELECT pg_notify('news', \("first"))")
        try await pool.query("SELECT pg_notify(\("other \"channel\""), '')")
        guard case .notification(let first) = try await events.next() else { return #expect(Bool(false)) }
        #expect(first.channel == "news" && first.payload == "first")
        guard case .notification(let second) = try await events.next() else { return #expect(Bool(false)) }
        #expect(second.channel == "other \"channel\"" && second.payload == "")
        server.restart()
        #expect(try await events.next() == .listening)
        #expect(
            try await settles {
                await code { try await pool.query("SELECT pg_notify('news', 'again')") } == nil
            }
        )
        guard case .notification(let third) = try await events.next() else { return #expect(Bool(false)) }
        #expect(third.payload == "again")
        await pool.close()
    }

    @Test("a listener ends with its task, and its connection with it")
    func listenerEnds() async throws {
        let pool = try await TestServer.shared.pool()
        let count: SQL =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        let told = Count()
        let task = Task {
            var events = 0
            for try await _ in pool.listen("news") {
                events += 1
                told.up()
            }
            return events
        }
        #expect(try await settles { told.value > 0 })
        #expect(try await pool.first(Int.self, count) == 1)
        task.cancel()
        #expect(try await task.value == 1)
        #expect(try await settles { try await pool.first(Int.self, count) == 0 })
        await pool.close()
    }
}
