import HTTP
import Postgres
import PostgresServer
import Reactor
import Routing
import Synchronization
import Testing
import Vigie

/// One effect and one answer, whatever happens between them.
@Suite(
    "idempotency in the handler's transaction",
    .enabled(if: TestServer.isWanted, "needs PostgreSQL"),
    .timeLimit(.minutes(3))
)
struct PostgresIdempotencyStoreTests {
    struct Payment: RequestBody { let amount: Int }
    struct Stop: Error {}

    /// What a handler does between its work and its answer.
    final class Between: Sendable {
        private let step = Mutex<(@Sendable () async throws -> Void)?>(nil)
        func set(_ new: @escaping @Sendable () async throws -> Void) { step.withLock { $0 = new } }
        func run() async throws { try await step.withLock { $0 }?() }
    }

    private static func service(
        _ server: TestServer,
        _ between: Between = Between(),
        connections: Int = 3
    ) async throws -> (pool: PostgresPool, router: Router) {
        let pool = try await server.pool { $0.maxConnections = connections }
        try await pool.migrate([])
        try await pool.query("CREATE TABLE payment (id int GENERATED ALWAYS AS IDENTITY, amount int UNIQUE)")
        var settings = RouterSettings()
        settings.defaultAuthorization = .open
        settings.idempotency = PostgresIdempotencyStore(pool)
        let router = try Router(settings: settings) {
            Post("/payments", .idempotent) { (_, payment: Payment) in
                try await pool.query("INSERT INTO payment (amount) VALUES (\(payment.amount))")
                let count = try await pool.transaction { tx in
                    try await tx.query("INSERT INTO payment (amount) VALUES (\(-payment.amount))")
                    return try await tx.first(Int.self, "SELECT count(*) FROM payment") ?? 0
                }
                try await between.run()
                if payment.amount == 13 { throw Stop() }
                if payment.amount == 14 { return HTTPResponse(.conflict) }
                var response = HTTPResponse(.created, body: HTTPBody("\(count) rows \u{0}"))
                response.head.fields.append("x-a", "1")
                response.head.fields.append("x-a", "2")
                return response
            }
        }
        return (pool, router)
    }

    private struct Answer: Equatable {
        let status: Int
        let isReplay: Bool
        let text: String
        let fields: [String]
        let retryAfter: String?
    }

    private static func pay(_ router: Router, _ amount: Int, key: String = "k") async throws -> Answer {
        var request = HTTPRequest(.post, "/payments", body: HTTPBody("{\"amount\":\(amount)}"))
        request.head.fields.append(.contentType, "application/json")
        request.head.fields.append("idempotency-key", key)
        let response = try await router.respond(to: request)
        let fields = response.head.fields
        return Answer(
            status: Int(response.head.status.code),
            isReplay: fields["idempotency-replayed"] == "true",
            text: String(decoding: try await response.body.collect(upTo: 1 << 20), as: UTF8.self),
            fields: fields.values(of: "x-a").map { String(decoding: $0, as: UTF8.self) },
            retryAfter: fields[.retryAfter]
        )
    }

    private static func amounts(_ pool: PostgresPool) async throws -> [Int] {
        try await pool.all(Int.self, "SELECT amount FROM payment ORDER BY id")
    }

    private static func keys(_ pool: PostgresPool) async throws -> Int? {
        try await pool.first(Int.self, "SELECT count(*) FROM vigie_idempotency")
    }

    @Test("a repetition gets the first answer, all of it, and has no effect")
    func replay() async throws {
        let (pool, router) = try await Self.service(.shared, connections: 1)
        let first = try await Self.pay(router, 5)
        #expect(first.status == 201 && !first.isReplay && first.text == "2 rows \u{0}")
        let second = try await Self.pay(router, 5)
        #expect(second.status == 201 && second.isReplay && second.text == first.text)
        #expect(second.fields == ["1", "2"])
        #expect(try await Self.pay(router, 6, key: "l").text == "4 rows \u{0}")
        #expect(try await Self.amounts(pool) == [5, -5, 6, -6])
        await pool.close()
    }

    @Test("twice at the same time: one effect, one replay; a third is told to wait")
    func concurrent() async throws {
        let between = Between()
        let (pool, router) = try await Self.service(.shared, between)
        let (starts, start) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (gates, gate) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        between.set {
            start.yield()
            for await _ in gates { break }
        }
        async let first = Self.pay(router, 5)
        for await _ in starts { break }
        async let second = Self.pay(router, 5)
        // The second stands at the first one's key.
        let waiting: SQL = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """
        #expect(try await settles { try await pool.first(Int.self, waiting) == 1 })
        let third = try await Self.pay(router, 5)
        #expect(third.status == 409 && third.retryAfter == "1")
        gate.yield()
        let answers = try await [first, second]
        #expect(answers.map(\.status) == [201, 201])
        #expect(answers.map(\.isReplay) == [false, true])
        #expect(answers[0].text == answers[1].text)
        #expect(try await Self.amounts(pool) == [5, -5])
        await pool.close()
    }

    @Test("the key with another body is 422, without effect")
    func otherRequest() async throws {
        let (pool, router) = try await Self.service(.shared)
        #expect(try await Self.pay(router, 5).status == 201)
        #expect(try await Self.pay(router, 6).status == 422)
        #expect(try await Self.amounts(pool) == [5, -5])
        await pool.close()
    }

    @Test("after an error, thrown or answered, nothing is kept: neither the work nor the key")
    func failed() async throws {
        let (pool, router) = try await Self.service(.shared)
        for _ in 0..<2 {
            await #expect(throws: Stop.self) { try await Self.pay(router, 13) }
            #expect(try await Self.pay(router, 14).status == 409)
        }
        #expect(try await Self.amounts(pool) == [])
        #expect(try await Self.keys(pool) == 0)
        #expect(try await Self.pay(router, 15).status == 201)
        await pool.close()
    }

    @Test(
        "the server is killed between the work and the commit: neither is kept, and the repetition has its effect"
    )
    func killed() async throws {
        let server = try TestServer()
        let between = Between()
        let (pool, router) = try await Self.service(server, between)
        let kills = Count()
        between.set {
            guard kills.value == 0 else { return }
            kills.up()
            let before = await pool.counters.lost
            server.kill()
            let isLost = try await settles { await pool.counters.lost > before }
            #expect(isLost)
            server.start()
        }
        let answer = try await Self.pay(router, 5)
        #expect(answer.status == 503 && answer.retryAfter == "1")
        #expect(!answer.text.contains(server.folder) && !answer.text.contains("vigie_idempotency"))
        #expect(try await Self.amounts(pool) == [])
        #expect(try await Self.keys(pool) == 0)
        let second = try await Self.pay(router, 5)
        #expect(second.status == 201 && !second.isReplay)
        #expect(try await Self.amounts(pool) == [5, -5])
        #expect(try await Self.pay(router, 5).isReplay)
        await pool.close()
    }

    @Test("expired answers are deleted until the task is cancelled")
    func expiry() async throws {
        let (pool, router) = try await Self.service(.shared)
        let store = PostgresIdempotencyStore(pool)
        #expect(try await Self.pay(router, 5, key: "old").status == 201)
        try await pool.query("UPDATE vigie_idempotency SET expires_at = now() - interval '1 second'")
        #expect(try await Self.pay(router, 6, key: "new").status == 201)
        let task = Task { try await store.run(every: .milliseconds(1)) }
        #expect(try await settles { try await Self.keys(pool) == 1 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await Self.pay(router, 6, key: "new").isReplay)
        await pool.close()
    }

    @Test("answers that can't be deleted are told in the log, and tried again")
    func failingExpiry() async throws {
        let (pool, router) = try await Self.service(.shared)
        #expect(try await Self.pay(router, 5, key: "old").status == 201)
        try await pool.query("UPDATE vigie_idempotency SET expires_at = now() - interval '1 second'")
        try await pool.query("ALTER TABLE vigie_idempotency RENAME TO elsewhere")
        let sink = InMemoryLogSink()
        var values = ContextValues()
        values.logger = Logger("test", to: LogOutput(service: "s", instance: "s-1", sink: sink))
        let task = Task { [context = Context(values)] in
            try await Context.with(context) {
                try await PostgresIdempotencyStore(pool).run(every: .milliseconds(1))
            }
        }
        #expect(try await settles { sink.lines.contains { $0.contains("expired answers not deleted") } })
        try await pool.query("ALTER TABLE elsewhere RENAME TO vigie_idempotency")
        #expect(try await settles { try await Self.keys(pool) == 0 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await pool.close()
    }
}
