import Foundation
import PostgresServer
import Reactor
import Testing

@testable import Postgres

@Suite("queries", .enabled(if: TestServer.isWanted, "needs PostgreSQL"), .timeLimit(.minutes(2)))
struct QueryTests {
    static let injections = [
        "'; DROP TABLE notes; --", "\" OR 1=1 --", "$1", "$$x$$", "\\'; --", "a\nb\tc\r", "%s %n",
        "é😀\u{301}",
        "{1,2}", "NULL", "\\x00", "", " ", "\u{FFFD}", "E'\\047'",
    ]

    @Test("strings of an attacker are data, alone and in arrays")
    func injection() async throws {
        let pool = try await TestServer.shared.pool()
        try await pool.query("CREATE TABLE notes (body text, list text[])")
        for text in Self.injections {
            try await pool.query("INSERT INTO notes VALUES (\(text), \([text, text]))")
            let found = try await pool.query("SELECT body, list FROM notes WHERE body = \(text)")
            let (body, list) = try #require(found.first).values(String.self, [String].self)
            #expect(body == text)
            #expect(list == [text, text])
        }
        #expect(try await pool.first(Int.self, "SELECT count(*) FROM notes") == Self.injections.count)
        let name = "x\"; DROP TABLE notes; --"
        try await pool.query("CREATE TABLE \(SQL.identifier(name)) (a int)")
        #expect(try await pool.first(Int.self, "SELECT count(*) FROM \(SQL.identifier(name))") == 0)
        await pool.close()
    }

    struct Listing: Codable, Equatable {
        enum State: String, Codable { case draft, live }
        struct Place: Codable, Equatable {
            let city: String
            let postcodes: [Int]
        }
        let id: UUID
        let pricePerNight: Int
        let state: State
        let place: Place
        let tags: [String]
        let photo: Data?
        let createdAt: Date
        let rating: Double?
    }

    @Test("rows are read as values: enums, JSON, arrays, snake case, NULL")
    func decodes() async throws {
        let pool = try await TestServer.shared.pool()
        try await pool.query(
            """
            CREATE TABLE listing (id uuid, price_per_night int2, state text, place jsonb, tags text[], photo bytea,
                created_at timestamptz, rating float8)
            """
        )
        let listing = Listing(
            id: UUID(),
            pricePerNight: 120,
            state: .live,
            place: .init(city: "Genève", postcodes: [1201]),
            tags: ["lake", "sauna, \"hot\""],
            photo: Data([0, 1, 255]),
            createdAt: Date(timeIntervalSince1970: 1_800_000_000.25),
            rating: nil
        )
        try await pool.query(
            """
            INSERT INTO listing VALUES (\(listing.id), \(listing.pricePerNight), \(listing.state.rawValue),
                \(json: listing.place), \(listing.tags), \([UInt8](listing.photo ?? Data())), \(listing.createdAt),
                \(listing.rating))
            """
        )
        #expect(try await pool.all(Listing.self, "SELECT * FROM listing") == [listing])
        #expect(try await pool.first(Listing.self, "SELECT * FROM listing WHERE false") == nil)
        #expect(try await pool.first(Listing.State.self, "SELECT state FROM listing") == .live)
        #expect(try await pool.first(Int?.self, "SELECT NULL::int") == .some(nil))
        #expect(try await pool.execute("UPDATE listing SET rating = \(4.5)") == 1)
        await pool.close()
    }

    @Test("a column that does not fit is an error that names the property, not the value")
    func mismatches() async throws {
        let pool = try await TestServer.shared.pool()
        struct One: Decodable { let secretNumber: Int }
        for sql: SQL in [
            "SELECT 'hunter2' AS secret_number", "SELECT NULL AS secret_number", "SELECT 1 AS other",
            "SELECT 99999999999999999999 AS secret_number",
        ] {
            do throws(PostgresError) {
                _ = try await pool.first(One.self, sql)
                Issue.record("\(sql.text) was read")
            } catch {
                #expect(error.code == .notDecodable)
                #expect(error.detail.contains("secretNumber"))
                #expect(!error.detail.contains("hunter2"))
            }
        }
        #expect(await code { _ = try await pool.first(Int16.self, "SELECT 40000") } == .notDecodable)
        await pool.close()
    }

    static let errors: [(SQL, PostgresError.Code, String?)] = [
        ("INSERT INTO child VALUES (1, 1, 1)", .uniqueViolation, "child_pkey"),
        ("INSERT INTO child VALUES (2, 9, 1)", .foreignKeyViolation, "child_parent_fkey"),
        ("INSERT INTO child VALUES (3, 1, -1)", .checkViolation, "positive"),
        ("INSERT INTO child VALUES (4, 1, NULL)", .notNullViolation, nil),
        ("SELECT 1/0", .server(sqlState: "22012"), nil),
        ("SELEC 1", .server(sqlState: "42601"), nil),
        ("SELECT * FROM nowhere", .server(sqlState: "42P01"), nil),
        ("SELECT \("x")::int", .server(sqlState: "22P02"), nil),
        ("COPY child TO STDOUT", .notEncodable, nil),
    ]

    @Test("errors have a code and a constraint, and a description without SQL or values")
    func errors() async throws {
        let pool = try await TestServer.shared.pool()
        try await pool.query("CREATE TABLE parent (id int PRIMARY KEY)")
        try await pool.query(
            """
            CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent,
                amount int NOT NULL CONSTRAINT positive CHECK (amount > 0))
            """
        )
        try await pool.query("INSERT INTO parent VALUES (1)")
        try await pool.query("INSERT INTO child VALUES (1, 1, 1)")
        for (sql, code, constraint) in Self.errors {
            do throws(PostgresError) {
                try await pool.query(sql)
                Issue.record("\(sql.text) passed")
            } catch {
                #expect(error.code == code, "\(sql.text): \(error.detail)")
                #expect(error.constraint == constraint)
                #expect(error.description == "postgres: \(code.label)")
            }
        }
        #expect(try await pool.first(Int.self, "SELECT count(*) FROM child") == 1)
        await pool.close()
    }

    @Test(
        "a statement whose table changed is prepared again; inside a transaction the transaction is repeated"
    )
    func stalePlans() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        try await pool.query("CREATE TABLE t (a int)")
        try await pool.query("INSERT INTO t VALUES (1)")
        #expect(try await pool.query("SELECT * FROM t").columnNames == ["a"])
        try await pool.query("ALTER TABLE t ADD COLUMN b int")
        #expect(try await pool.query("SELECT * FROM t").columnNames == ["a", "b"])
        try await pool.query("ALTER TABLE t DROP COLUMN b")
        let stale = await code { _ = try await pool.transaction { try await $0.query("SELECT * FROM t") } }
        #expect(stale == .stalePlan)
        try await pool.query("SELECT * FROM t")
        try await pool.query("ALTER TABLE t ADD COLUMN c int")
        let names = try await pool.transaction(retries: 1) {
            try await $0.query("SELECT * FROM t").columnNames
        }
        #expect(names == ["a", "c"])
        await pool.close()
    }

    @Test("statements beside one that can't be prepared have their own answers")
    func failedNeighbours() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        _ = try await pool.ping()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<60 {
                group.addTask {
                    if index % 3 == 0 {
                        let failure = await code { try await pool.query("SELECT nothing FROM nowhere") }
                        #expect(failure == .server(sqlState: "42P01"))
                    } else {
                        let echo = try await pool.first(Int.self, "SELECT \(index)::int")
                        #expect(echo == index)
                    }
                }
            }
            try await group.waitForAll()
        }
        await pool.close()
    }

    @Test("the server keeps no more prepared statements than the limit")
    func evicts() async throws {
        let pool = try await TestServer.shared.pool {
            $0.maxConnections = 1
            $0.cachedStatements = 8
        }
        for round in 0..<2 {
            for number in 0..<20 {
                let sum: SQL = "SELECT \(round)::int + \(SQL(text: String(number)))"
                #expect(try await pool.first(Int.self, sum) == round + number)
            }
        }
        let kept = try await pool.first(Int.self, "SELECT count(*) FROM pg_prepared_statements")
        #expect(try #require(kept) <= 8)
        await pool.close()
    }

    @Test("large parameters and large rows pass")
    func large() async throws {
        let pool = try await TestServer.shared.pool()
        let text = String(repeating: "0123456789abcdef", count: 1 << 18)
        #expect(try await pool.first(String.self, "SELECT \(text)::text") == text)
        #expect(try await pool.all(Int.self, "SELECT * FROM generate_series(1, 200000)").last == 200_000)
        await pool.close()
    }
}
