import Foundation
import PostgresServer
import Reactor
import TestSupport
import Testing

@testable import Postgres

@Suite("types", .enabled(if: TestServer.isWanted, "needs PostgreSQL"), .timeLimit(.minutes(2)))
struct RoundTripTests {
    struct Row: Codable, Equatable {
        var flag: Bool
        var small: Int16
        var middle: Int32
        var large: Int64
        var real: Double
        var text: String
        var bytes: [UInt8]
        var id: UUID
        var time: Date
        var amount: Decimal
        var none: Int?
        var flags: [Bool]
        var larges: [Int64]
        var texts: [String]
        var ids: [UUID]
        var times: [Date]
        var holes: [String?]
        var object: [String: [Int]]

        init(_ random: inout SplitMix) {
            flag = random.below(2) == 0
            small = Int16(truncatingIfNeeded: random.next())
            middle = Int32(truncatingIfNeeded: random.next())
            large = [Int64.min, .max, 0, Int64(bitPattern: random.next())][random.below(4)]
            real = Self.number(&random)
            text = Self.text(&random)
            bytes = (0..<random.below(50)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            id = UUID.version7(milliseconds: random.next() >> 16, using: &random)
            time = Self.time(&random)
            amount = Decimal(Int64(bitPattern: random.next())) / 10_000
            none = random.below(2) == 0 ? nil : random.below(9)
            flags = (0..<random.below(4)).map { _ in random.below(2) == 0 }
            larges = (0..<random.below(4)).map { _ in Int64(bitPattern: random.next()) }
            texts = (0..<random.below(4)).map { _ in Self.text(&random) }
            ids = (0..<random.below(3)).map { _ in UUID() }
            times = (0..<random.below(3)).map { _ in Self.time(&random) }
            holes = (0..<random.below(5)).map { _ in random.below(2) == 0 ? nil : Self.text(&random) }
            object = [Self.text(&random): (0..<random.below(4)).map { _ in random.below(1_000) }]
        }

        static func number(_ random: inout SplitMix) -> Double {
            let any = Double(bitPattern: random.next())
            return [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, any.isNaN ? 1 : any][
                random.below(6)
            ]
        }

        static func text(_ random: inout SplitMix) -> String {
            let scalars = [
                "a", "\"", "\\", ",", "{", "}", "'", "\n", "\t", "é", "😀", "$1", "NULL", " ", "\u{1}",
            ]
            return (0..<random.below(12)).map { _ in scalars[random.below(scalars.count)] }.joined()
        }

        /// Whole milliseconds between 1900 and 2200: a `Date` is a binary fraction of seconds.
        static func time(_ random: inout SplitMix) -> Date {
            Date(timeIntervalSince1970: Double(random.below(9_467_000_000_000) - 2_208_988_800_000) / 1_000)
        }
    }

    @Test("what is stored is read back, for each type, with a random seed")
    func roundTrip() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("round trip of types: seed \(seed)")
        var random = SplitMix(seed: seed)
        let pool = try await TestServer.shared.pool()
        try await pool.query(
            """
            CREATE TABLE v (n int, flag bool, small int2, middle int4, large int8, real float8, text text, bytes bytea,
                id uuid, time timestamptz, amount numeric, "none" int, flags bool[], larges int8[], texts text[],
                ids uuid[], times timestamptz[], holes text[], object jsonb)
            """
        )
        for number in 0..<300 {
            let row = Row(&random)
            try await pool.query(
                """
                INSERT INTO v VALUES (\(number), \(row.flag), \(row.small), \(row.middle), \(row.large), \(row.real),
                    \(row.text), \(row.bytes), \(row.id), \(row.time), \(row.amount), \(row.none), \(row.flags),
                    \(row.larges), \(row.texts), \(row.ids), \(row.times), \(row.holes), \(json: row.object))
                """
            )
            let read = try #require(try await pool.first(Row.self, "SELECT * FROM v WHERE n = \(number)"))
            #expect(abs(read.time.timeIntervalSince(row.time)) < 1e-6, "seed \(seed)")
            var same = read
            same.time = row.time
            same.times = zip(read.times, row.times).map { abs($0.timeIntervalSince($1)) < 1e-6 ? $1 : $0 }
            #expect(same == row, "seed \(seed), row \(number)")
        }
        await pool.close()
    }
}
