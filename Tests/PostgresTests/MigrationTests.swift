import Foundation
import PostgresServer
import Reactor
import Testing

@testable import Postgres

@Suite("migrations", .enabled(if: TestServer.isWanted, "needs PostgreSQL"), .timeLimit(.minutes(2)))
struct MigrationTests {
    static let three = [
        PostgresMigration(
            number: 1,
            name: "t",
            sql: "CREATE TABLE t (a int); INSERT INTO t VALUES (1); SELECT 1;"
        ),
        PostgresMigration(number: 2, name: "more", sql: "INSERT INTO t VALUES (2)"),
        PostgresMigration(
            number: 3,
            name: "index",
            sql: "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a)"
        ),
    ]

    @Test("four pools that start together apply each migration once")
    func raced() async throws {
        let database = try await TestServer.shared.database()
        let url = try TestServer.shared.url(database)
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let pool = try PostgresPool(PostgresSettings(url: url), on: TestServer.pair)
                    let count = try await pool.migrate(Self.three)
                    await pool.close()
                    return count
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts.sorted() == [0, 0, 0, 3 + PostgresMigration.platform.count])
        let pool = try PostgresPool(PostgresSettings(url: url), on: TestServer.loop)
        #expect(try await pool.all(Int.self, "SELECT a FROM t ORDER BY a") == [1, 2])
        #expect(try await pool.first(Int.self, "SELECT count(*) FROM vigie_migrations") == counts.max())
        #expect(
            try await pool.first(
                Bool.self,
                "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"
            ) == true
        )
        #expect(
            try await pool.first(
                Int.self,
                """
                SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
                WHERE locktype = 'advisory' AND datname = current_database()
                """
            ) == 0
        )
        await pool.close()
    }

    @Test("a migration that was changed, fails, or ends its own transaction leaves nothing behind")
    func refused() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        try await pool.migrate(Array(Self.three.prefix(1)))
        func refusal(_ sql: String, _ number: Int = 2) async throws -> PostgresError? {
            let first = number == 1 ? [] : Array(Self.three.prefix(1))
            do {
                try await pool.migrate(first + [PostgresMigration(number: number, name: "x", sql: sql)])
                return nil
            } catch let error as PostgresError { return error }
        }
        #expect(try await refusal("CREATE TABLE t (b int)", 1)?.code == .migrationRefused)
        let failed = try await refusal("CREATE TABLE u (a int); SELECT 1/0; CREATE TABLE v (a int)")
        #expect(failed?.code == .server(sqlState: "22012"))
        #expect(failed?.detail.contains("0002_x") == true)
        #expect(try await refusal("CREATE TABLE u (a int); COMMIT")?.code == .migrationRefused)
        #expect(try await refusal("COPY t FROM STDIN")?.code == .notEncodable)
        #expect(try await refusal("INSERT INTO t VALUES (2)", 3)?.code == .migrationRefused)
        #expect(
            try await pool.first(Int.self, "SELECT count(*) FROM vigie_migrations WHERE scope = 'service'")
                == 1
        )
        #expect(try await pool.first(String?.self, "SELECT to_regclass('v')::text") == .some(nil))
        #expect(try await pool.migrate(Array(Self.three.prefix(2))) == 1)
        await pool.close()
    }

    @Test("files of a folder are read in order; another form of name, a gap or a double is refused")
    func folder() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "vigie-\(UUID().uuidString)"
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        func write(_ name: String) throws {
            try "SELECT 1".write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        try write("0002_b.sql")
        try write("README.md")
        #expect(throws: PostgresError.self) { try PostgresMigration.read(folder: folder.path) }
        try write("0001_a-b.sql")
        #expect(try PostgresMigration.read(folder: folder.path).map(\.label) == ["0001_a-b", "0002_b"])
        for name in [
            "0002_c.sql", "0003.sql", "3_x.sql", "0003_.sql", "00003_x.sql", "0003_a b.sql", "x.sql",
        ] {
            try write(name)
            #expect(throws: PostgresError.self, "\(name)") { try PostgresMigration.read(folder: folder.path) }
            try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
        }
        #expect(throws: PostgresError.self) { try PostgresMigration.read(folder: folder.path + "/none") }
    }

    @Test("files that are part of the program are applied; one that is none of ours is refused then")
    func embedded() async throws {
        let pool = try await TestServer.shared.pool()
        let first = PostgresMigration(file: "0001_notes.sql", Array("CREATE TABLE note (text text)".utf8))
        #expect(first == PostgresMigration(number: 1, name: "notes", sql: "CREATE TABLE note (text text)"))
        for wrong in [
            PostgresMigration(file: "2_more.sql", []), PostgresMigration(file: "0002_more.sql", [0xFF]),
        ] {
            let failure = await code { try await pool.migrate([first, wrong]) }
            #expect(failure == .migrationRefused)
        }
        #expect(try await pool.first(String?.self, "SELECT to_regclass('note')::text") == .some(nil))
        #expect(try await pool.migrate([first]) > 0)
        #expect(try await pool.first(Int.self, "SELECT count(*) FROM note") == 0)
        await pool.close()
    }
}
