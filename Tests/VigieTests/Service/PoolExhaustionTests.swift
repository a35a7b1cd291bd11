import PostgresServer
import Testing
import Vigie
import VigieTesting

@Suite("a pool at its limit", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(1)))
struct PoolExhaustionTests {
    private struct Holding: Service {
        static let name: ServiceName = "holding"
        private let database: PostgresPool

        init(_ setup: ServiceSetup) async throws { database = try await setup.postgres(migrations: []) }

        var routes: some Routes {
            // Until another session lets go of the lock.
            Get("/hold", auth: .open) { _ -> Int? in
                try await database.transaction {
                    try await $0.first(Int.self, "SELECT 1 FROM pg_advisory_xact_lock(7)")
                }
            }
            Get("/ask", auth: .open) { _ in
                try await database.transaction { try await $0.first(Int.self, "SELECT 2") }
            }
        }
    }

    @Test(
        "who finds no connection is 503 with Retry-After, at once or after the wait, and it goes on when there is one"
    )
    func exhausted() async throws {
        let server = try TestServer.shared
        let name = try await server.database()
        let settings = [
            "database.url": server.url(name), "database.connections": "1", "database.waiting-calls": "1",
            "database.acquire-timeout": "50ms", "instance.probe-interval": "600s",
        ]
        let other = try PostgresPool(PostgresSettings(url: server.url(name)), on: TestServer.loop)
        let group = try TestServer.loop
        try await TestService.run(Holding.self, settings: settings, on: group) { service in
            let held = try await other.transaction { lock in
                try await lock.query("SELECT pg_advisory_xact_lock(7)")
                let held = Task { try await service.get("/hold") }
                try await Self.waitForLock(other)
                async let first = service.get("/ask")
                async let second = service.get("/ask")
                for answer in try await [first, second] {
                    #expect(answer.status == 503 && answer.fields["retry-after"] == "1")
                    #expect(try answer.json["reason"]?.string == "database_pool_exhausted")
                }
                return held
            }
            #expect(try await held.value.status == 200)
            let after = try await service.get("/ask")
            #expect(after.status == 200)
        }
        await other.close()
    }

    /// Waits until a session waits for the lock.
    private static func waitForLock(_ pool: PostgresPool) async throws {
        _ = try await settles {
            try await pool.first(
                Int.self,
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            )
                ?? 0 > 0
        }
    }
}
