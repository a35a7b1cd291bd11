import Foundation
import PostgresServer
import Reactor
import Testing

@testable import Postgres

@Suite("TLS", .enabled(if: TestServer.isWanted, "needs PostgreSQL"), .timeLimit(.minutes(2)))
struct TLSTests {
    /// A certificate of its own for the name `localhost`.
    static let certificate = """
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -keyout data/server.key -out data/server.crt && \
        cp data/server.crt root.crt && chmod 600 data/server.key
        """

    @Test("TCP, a name, a password and each TLS mode; large results come whole through TLS")
    func modes() async throws {
        let server = try TestServer("ssl = on", prepare: Self.certificate)
        let local = try await server.pool()
        try await local.query("ALTER ROLE postgres PASSWORD 'hunter2'")
        let root = "\(server.folder)/root.crt"
        let accepted = [
            "host=localhost sslmode=disable", "host=localhost sslmode=require",
            "host=127.0.0.1 sslmode=require",
            "host=localhost sslmode=verify-full sslrootcert=\(root)",
            "host=127.0.0.1 sslmode=verify-ca sslrootcert=\(root)",
        ]
        for options in accepted {
            let pool = try Self.pool(server, options)
            let isEncrypted = try await pool.first(
                Bool.self,
                "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            )
            #expect(isEncrypted == !options.contains("disable"), "\(options)")
            let numbers = try await pool.all(Int.self, "SELECT * FROM generate_series(1, 100000)")
            #expect(numbers == Array(1...100_000))
            let text = String(repeating: "x", count: 3_000_000)
            #expect(try await pool.first(Int.self, "SELECT length(\(text)::text)") == text.count)
            await pool.close()
        }
        let refused = [
            "host=127.0.0.1 sslmode=verify-full sslrootcert=\(root)",
            "host=localhost sslmode=verify-full sslrootcert=/dev/null",
        ]
        for options in refused {
            let pool = try Self.pool(server, options)
            #expect(await code { _ = try await pool.ping() } == .notConnected, "\(options)")
            await pool.close()
        }
        let wrong = try Self.pool(server, "host=localhost", password: "wrong")
        #expect(await code { _ = try await wrong.ping() } == .notConnected)
        await wrong.close()
        await local.close()
    }

    static func pool(
        _ server: TestServer,
        _ options: String,
        password: String = "hunter2"
    ) throws -> PostgresPool {
        var settings = PostgresSettings(
            url: "\(options) port=\(server.port) user=postgres password=\(password) dbname=postgres"
        )
        settings.acquireTimeout = .seconds(2)
        return try PostgresPool(settings, on: TestServer.loop)
    }
}
