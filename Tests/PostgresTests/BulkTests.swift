import PostgresServer
import Reactor
import Testing

@testable import Postgres

@Suite("bulk", .enabled(if: TestServer.isWanted, "needs PostgreSQL"), .timeLimit(.minutes(2)))
struct BulkTests {
    @Test("100 000 rows go in and come out by COPY, and the connection serves on")
    func copies() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        try await pool.query("CREATE TABLE c (n int, text text, hole text)")
        let text = "a\tb\\c\nd\r\u{e9}"
        let count = try await pool.copyIn("COPY c (n, text, hole) FROM STDIN") { copy in
            for number in 0..<100_000 {
                try await copy.write(number, number % 1_000 == 0 ? text : "row \(number)", String?.none)
            }
        }
        #expect(count == 100_000)
        let sum: SQL =
            "SELECT count(*), sum(n)::int8, count(hole) FROM c WHERE text = \(text) OR text LIKE 'row %'"
        let (rows, total, holes) = try #require(try await pool.query(sum).first).values(
            Int.self,
            Int.self,
            Int.self
        )
        #expect((rows, total, holes) == (100_000, 4_999_950_000, 0))
        let lines = try await pool.copyOut("COPY (SELECT n FROM c ORDER BY n) TO STDOUT") { copy in
            var lines = 0
            while let row = try await copy.next() {
                #expect(String(decoding: row, as: UTF8.self) == "\(lines)\n")
                lines += 1
            }
            return lines
        }
        #expect(lines == 100_000)
        #expect(await pool.counters.opened == 1)
        #expect(try await pool.first(String.self, "SHOW statement_timeout") == "30s")
        await pool.close()
    }

    struct Stop: Error {}

    @Test("a COPY that is left stores nothing, and its connection is not used again")
    func leaves() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        try await pool.query("CREATE TABLE c (n int)")
        await #expect(throws: Stop.self) {
            try await pool.copyIn("COPY c FROM STDIN") { copy in
                for number in 0..<50_000 { try await copy.write(number) }
                throw Stop()
            }
        }
        #expect(try await pool.first(Int.self, "SELECT count(*) FROM c") == 0)
        let first = try await pool.copyOut("COPY (SELECT generate_series(1, 10000000)) TO STDOUT") {
            try await $0.next()
        }
        #expect(first == Array("1\n".utf8))
        #expect(try await pool.first(Int.self, "SELECT 1") == 1)
        await pool.close()
    }

    static let refused: [(SQL, PostgresError.Code)] = [
        ("COPY c FROM \("x")", .notEncodable), ("SELECT 1", .notEncodable),
        ("INSERT INTO c VALUES (1)", .notEncodable),
        ("COPY nowhere FROM STDIN", .server(sqlState: "42P01")),
    ]

    @Test("what is no COPY into the server is refused", arguments: refused.indices)
    func refuses(index: Int) async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        try await pool.query("CREATE TABLE c (n int)")
        let (sql, expected) = Self.refused[index]
        #expect(await code { try await pool.copyIn(sql) { try await $0.write(1) } } == expected)
        #expect(
            await code { try await pool.copyIn("COPY c FROM STDIN") { try await $0.write("x") } }
                == .server(sqlState: "22P02")
        )
        #expect(try await pool.first(Int.self, "SELECT 1") == 1)
        await pool.close()
    }

    @Test("a COPY whose task is cancelled ends, also while it waits for the server")
    func cancelled() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        let task = Task {
            await code {
                _ = try await pool.copyOut("COPY (SELECT pg_sleep(60)) TO STDOUT") { try await $0.next() }
            }
        }
        #expect(try await settles { await pool.counters.statements >= 1 })
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(try await pool.first(Int.self, "SELECT 1") == 1)
        await pool.close()
    }

    @Test("a stream fetches as it is read")
    func streams() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 1 }
        let sum = try await pool.stream(
            Int.self,
            "SELECT * FROM generate_series(1, \(10_000)::int)",
            batch: 333
        ) { numbers in
            var sum = 0
            for try await number in numbers { sum += number }
            return sum
        }
        #expect(sum == 50_005_000)
        let few = try await pool.stream(Int.self, "SELECT generate_series(1, 100000000)", batch: 10) {
            numbers in
            var few: [Int] = []
            for try await number in numbers where few.count < 25 {
                few.append(number)
                if few.count == 25 { break }
            }
            return few
        }
        #expect(few == Array(1...25))
        #expect(try await pool.first(Int.self, "SELECT 1") == 1)
        #expect(await pool.counters.opened == 1)
        await pool.close()
    }
}
