import PostgresServer
import Reactor
import Testing

@testable import Postgres

@Suite(
    "cancels that get no answer",
    .enabled(if: TestServer.isWanted, "needs PostgreSQL"),
    .timeLimit(.minutes(2))
)
struct StuckCancelTests {
    private static let loops = Result { try EventLoopGroup(count: 1) }

    @Test("a server that takes no cancels holds two threads at most, and the callers are answered at once")
    func bounded() async throws {
        let server = try TestServer()
        let group = try Self.loops.get()
        let pool = try await server.pool(on: group) {
            $0.maxConnections = 6
            $0.pipelineDepth = 1
        }
        let tasks = (0..<6).map { _ in
            Task { await code { try await pool.query("SELECT pg_sleep(60)") } }
        }
        #expect(try await settles { await pool.counters.used == 6 })
        server.pause()
        // The command has been carried out when a new connection gets no answer.
        var settings = PostgresSettings(url: server.url("postgres"))
        settings.acquireTimeout = .milliseconds(100)
        let probe = try PostgresPool(settings, on: TestServer.pair)
        #expect(try await settles { (try? await probe.ping()) == nil })
        for task in tasks { task.cancel() }
        for task in tasks { #expect(await task.value == .cancelled) }
        #expect(try await settles { group.blocking.snapshot().running == 2 })
        #expect(await pool.counters.cancels == 2)
        #expect(group.blocking.snapshot().waiting == 0)
        server.resume()
        #expect(try await settles { await pool.counters.used == 0 && group.blocking.snapshot().running == 0 })
        #expect(try await pool.first(Int.self, "SELECT 1") == 1)
        await probe.close()
        await pool.close()
    }
}
