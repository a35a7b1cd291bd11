import HTTP
import PostgresServer
import Reactor
import Telemetry
import Testing

@testable import Postgres

/// What metrics and spans tell of statements, with nothing set up but a registry and a tracer.
@Suite(
    "statements observed",
    .enabled(if: TestServer.isWanted, "needs PostgreSQL"),
    .timeLimit(.minutes(2))
)
struct ObservationTests {
    /// A pool with metrics, and a span to stand below.
    struct Fixture {
        let registry: MetricRegistry
        let sink = InMemorySpanSink()
        let tracer: Tracer
        let pool: PostgresPool

        init(_ change: (inout PostgresSettings) -> Void = { _ in }) async throws {
            registry = try MetricRegistry(loops: TestServer.loop.loops)
            tracer = Tracer(sampler: Sampler(), sink: sink)
            pool = try await TestServer.shared.pool(metrics: PostgresMetrics(registry), change)
        }

        /// Runs `body` below a span, and gives the spans that are below that.
        func traced(_ body: () async throws -> Void) async throws -> (parent: TraceSpan, spans: [SpanData]) {
            let parent = tracer.start("GET /x", .server, remoteParent: nil)
            var values = ContextValues()
            (values.tracer, values.span) = (tracer, parent)
            try await Context.with(Context(values)) { try await body() }
            parent.end()
            return (parent, sink.spans.filter { $0.name != "GET /x" })
        }

        /// The series of a metric, by their label values joined with commas.
        func series(_ name: String) -> [String: MetricValue] {
            let family = registry.snapshot().first { $0.name == name }
            return (family?.series ?? []).reduce(into: [:]) {
                $0[$1.labels.values.joined(separator: ",")] = $1.value
            }
        }

        func number(_ name: String, _ labels: String = "") -> Double? {
            guard case .number(let value) = series(name)[labels] else { return nil }
            return value
        }

        func counts(_ name: String) -> [String: UInt64] {
            series(name).compactMapValues {
                guard case .histogram(let value) = $0 else { return nil }
                return value.counts.reduce(0, +)
            }
        }
    }

    @Test("each statement is a CLIENT span below the current one, with its text and no value")
    func spans() async throws {
        let fixture = try await Fixture()
        let pool = fixture.pool
        try await pool.query("CREATE TABLE note (id int PRIMARY KEY, text text)")
        let secret = "hunter2"
        let (parent, spans) = try await fixture.traced {
            try await pool.query("INSERT INTO note VALUES (\(1), \(secret))")
            try await pool.transaction { tx in
                _ = try await tx.first(String.self, "SELECT text FROM note WHERE id = \(1)")
            }
            #expect(
                await code { try await pool.query("INSERT INTO note VALUES (\(1), \(secret))") }
                    == .uniqueViolation
            )
            #expect(
                await code { try await pool.query("SELECT a FROM nowhere") } == .server(sqlState: "42P01")
            )
        }
        #expect(
            spans.map(\.name) == [
                "INSERT note", "BEGIN", "SELECT note", "COMMIT", "INSERT note", "SELECT nowhere",
            ]
        )
        for span in spans {
            #expect(span.kind == .client)
            #expect(span.parent == parent.context.spanID && span.context.traceID == parent.context.traceID)
            #expect(span.attributes[.dbSystemName] == "postgresql")
            #expect(!"\(span)".contains(secret))
            #expect(span.duration > .zero)
        }
        let insert = try #require(spans.first)
        #expect(insert.attributes[.dbOperationName] == "INSERT")
        #expect(insert.attributes[.dbCollectionName] == "note")
        #expect(insert.attributes[.dbQueryText] == "INSERT INTO note VALUES ($1, $2)")
        #expect(insert.attributes[.errorType] == nil && insert.status == .unset)
        #expect(spans[1].attributes[.dbCollectionName] == nil)
        #expect(spans[4].attributes[.dbResponseStatusCode] == "23505")
        #expect(spans[4].attributes[.errorType] == "23505")
        #expect(spans[4].status == .error("postgres: unique_violation"))
        #expect(spans[5].attributes[.dbResponseStatusCode] == "42P01")
        await pool.close()
    }

    @Test("without a span above there is none, and one that is not recorded has none below")
    func unrecorded() async throws {
        let fixture = try await Fixture()
        var values = ContextValues()
        values.tracer = fixture.tracer
        try await Context.with(Context(values)) { _ = try await fixture.pool.query("SELECT 1") }
        values.tracer = Tracer(sampler: Sampler(ratio: 0), sink: fixture.sink)
        values.span = values.tracer.start("GET /x", .server, remoteParent: nil)
        try await Context.with(Context(values)) { _ = try await fixture.pool.query("SELECT 1") }
        #expect(fixture.sink.spans.isEmpty)
        await fixture.pool.close()
    }

    @Test("a statement that ends before it is sent is observed as well")
    func unsent() async throws {
        let fixture = try await Fixture { $0.url = "host=/nonexistent" }
        let (_, spans) = try await fixture.traced {
            let soon = MonotonicInstant.now + .milliseconds(50)
            #expect(
                await code { try await fixture.pool.query("SELECT a FROM t", deadline: soon) }
                    == .notConnected
            )
        }
        #expect(spans.map(\.name) == ["SELECT t"])
        #expect(spans.first?.attributes[.errorType] == "not_connected")
        #expect(spans.first?.attributes[.dbResponseStatusCode] == nil)
        #expect(fixture.counts("db_client_operation_duration_seconds") == ["postgresql,SELECT,t": 1])
        await fixture.pool.close()
    }

    @Test("durations are counted by operation and table, failures and COPY among them")
    func durations() async throws {
        let fixture = try await Fixture { $0.maxConnections = 1 }
        let pool = fixture.pool
        try await pool.query("CREATE TABLE t (a int)")
        for number in 0..<3 { try await pool.query("INSERT INTO t VALUES (\(number))") }
        _ = await code { try await pool.query("INSERT INTO t VALUES ('x')") }
        try await pool.transaction { tx in
            _ = await code {
                try await tx.transaction { _ = try await $0.query("DELETE FROM t WHERE 1/0 = 1") }
            }
        }
        try await pool.copyIn("COPY t FROM STDIN") { try await $0.write(7) }
        try await pool.stream(Int.self, "SELECT a FROM t") { for try await _ in $0 {} }
        #expect(
            fixture.counts("db_client_operation_duration_seconds") == [
                "postgresql,CREATE,t": 1, "postgresql,INSERT,t": 4, "postgresql,BEGIN,": 2,
                "postgresql,SAVEPOINT,": 1, "postgresql,DELETE,t": 1, "postgresql,ROLLBACK,": 1,
                "postgresql,COMMIT,": 2, "postgresql,SET,": 1, "postgresql,COPY,t": 1, "postgresql,RESET,": 1,
                "postgresql,DECLARE,t": 1, "postgresql,FETCH,vigie_stream_1": 2, "postgresql,CLOSE,": 1,
            ]
        )
        await pool.close()
    }

    @Test("connections by state, the limit, who waits and how long")
    func connections() async throws {
        let fixture = try await Fixture { $0.maxConnections = 2 }
        let pool = fixture.pool
        func figures() -> [Double?] {
            [
                fixture.number("db_client_connections", "idle"),
                fixture.number("db_client_connections", "used"),
                fixture.number("db_client_connections_max"),
                fixture.number("db_client_connections_pending_requests"),
            ]
        }
        #expect(figures() == [0, 0, 2, 0])
        try await pool.transaction { _ in
            #expect(figures() == [0, 1, 2, 0])
            try await pool.transaction { _ in
                #expect(figures() == [0, 2, 2, 0])
                let waiting = Task { try await pool.query("SELECT 1") }
                let isWaiting = try await settles { figures() == [0, 2, 2, 1] }
                #expect(isWaiting)
                waiting.cancel()
                let isGone = try await settles { figures() == [0, 2, 2, 0] }
                #expect(isGone)
                _ = await waiting.result
            }
        }
        #expect(figures() == [2, 0, 2, 0])
        let before = fixture.counts("db_client_connections_wait_time_seconds")[""] ?? 0
        _ = try await pool.ping()
        #expect(fixture.counts("db_client_connections_wait_time_seconds") == ["": before + 1])
        await pool.close()
        #expect(figures() == [0, 0, 2, 0])
    }

    @Test("a pool that is let go of counts no more; two share their metrics")
    func shared() async throws {
        let registry = try MetricRegistry(loops: TestServer.loop.loops)
        let metrics = try PostgresMetrics(registry)
        var first: PostgresPool? = try await TestServer.shared.pool(metrics: metrics) {
            $0.maxConnections = 3
        }
        let second = try await TestServer.shared.pool(metrics: metrics) { $0.maxConnections = 4 }
        func limit() -> MetricValue? {
            registry.snapshot().first { $0.name == "db_client_connections_max" }?.series.first?.value
        }
        #expect(limit() == .number(7))
        _ = try await first?.ping()
        first = nil
        #expect(limit() == .number(4))
        #expect(throws: MetricError.self) { try PostgresMetrics(registry) }
        await second.close()
    }
}
