import Foundation
import Testing

@testable import Postgres

@Suite("statements", .timeLimit(.minutes(1))) struct SQLTests {
    static let table: [(SQL, String, [String?])] = [
        ("SELECT 1", "SELECT 1", []),
        ("a = \(1) AND b = \("x")", "a = $1 AND b = $2", ["1", "x"]),
        ("\("'; DROP TABLE users; --")", "$1", ["'; DROP TABLE users; --"]),
        ("\(Int?.none)", "$1", [nil]),
        ("\(String?("x"))", "$1", ["x"]),
        ("\(true) \(false)", "$1 $2", ["t", "f"]),
        ("\(-1.5) \(Double.infinity)", "$1 $2", ["-1.5", "inf"]),
        ("\([UInt8]([0, 255, 16]))", "$1", ["\\x00ff10"]),
        ("= ANY(\([1, 2]))", "= ANY($1)", [#"{"1","2"}"#]),
        ("\(["a\"b", "c\\d", "", "NULL"])", "$1", [#"{"a\"b","c\\d","","NULL"}"#]),
        ("\([Int?.none, 3])", "$1", [#"{NULL,"3"}"#]),
        ("\([String]())", "$1", ["{}"]),
        ("SELECT \(SQL.identifier("a\"b; --"))", #"SELECT "a""b; --""#, []),
        (
            "SELECT \(1) LIMIT \(SQL.number(21)) OFFSET \(SQL.number(-2))", "SELECT $1 LIMIT 21 OFFSET -2",
            ["1"]
        ),
        ("\(json: ["a": 1])", "$1", [#"{"a":1}"#]),
        ("\(Date(timeIntervalSince1970: 0.5))", "$1", ["1970-01-01 00:00:00.500000+00"]),
        ("\(Decimal(string: "12.50") ?? 0)", "$1", ["12.5"]),
    ]

    @Test("interpolated values become parameters", arguments: table.indices)
    func binds(index: Int) {
        let (sql, text, parameters) = Self.table[index]
        #expect(sql.text == text)
        let bound = sql.parameters.slots.indices.map {
            sql.parameters.text($0).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(bound == parameters)
        #expect(sql.failure == nil)
    }

    @Test("parts are joined and their parameters numbered anew")
    func composes() {
        let filter: SQL = "city = \("Köln") AND price < \(5)"
        let both: SQL = "SELECT é FROM t WHERE x = \(1) AND (\(filter)) OR (\(filter)) LIMIT \(9)"
        #expect(
            both.text
                == "SELECT é FROM t WHERE x = $1 AND (city = $2 AND price < $3) OR (city = $4 AND price < $5) LIMIT $6"
        )
        let texts = both.parameters.slots.indices.map {
            both.parameters.text($0).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(texts == ["1", "Köln", "5", "Köln", "5", "9"])
    }

    static let refused: [SQL] = [
        "\("a\0b")", "\(["a", "\0"])", "\(SQL.identifier(""))", "\(SQL.identifier("a\0"))",
        "\(SQL.identifier(String(repeating: "x", count: 64)))", "\(json: Double.nan)",
        "\(Date(timeIntervalSince1970: 1e15))", "\(Date(timeIntervalSince1970: .nan))",
    ]

    @Test("a value that can't be stored is refused before anything is sent", arguments: refused.indices)
    func refuses(index: Int) { #expect(Self.refused[index].failure?.code == .notEncodable) }

    static let summaries: [(String, String, String?)] = [
        ("SELECT * FROM listing WHERE id = $1", "SELECT", "listing"),
        ("  insert into \"Public\".listing(a) values ($1)", "INSERT", "public.listing"),
        ("UPDATE a SET b = 1", "UPDATE", "a"),
        ("DELETE\nFROM ONLY_t", "DELETE", "only_t"),
        ("BEGIN", "BEGIN", nil),
        ("SELECT 1", "SELECT", nil),
        ("SELECT * FROM (SELECT 1) x", "SELECT", nil),
        ("SELECT * FROM (SELECT a FROM t) x", "SELECT", "t"),
        ("DELETE FROM ONLY t", "DELETE", "t"),
        ("COPY (SELECT a FROM t) TO STDOUT", "COPY", "t"),
        ("COPY t FROM STDIN", "COPY", "t"),
        ("CREATE TABLE IF NOT EXISTS t (a int)", "CREATE", "t"),
        ("DECLARE c NO SCROLL CURSOR FOR SELECT * FROM t", "DECLARE", "t"),
        ("INSERT INTO t VALUES ($1) ON CONFLICT DO UPDATE SET a = 1", "INSERT", "t"),
        ("SAVEPOINT vigie_1", "SAVEPOINT", nil),
        ("SELECT a FROM \u{0}", "SELECT", nil),
        ("secret'; stuff", "OTHER", nil),
        ("", "OTHER", nil),
        ("SELECT 1 FROM", "SELECT", nil),
    ]

    @Test("a statement's operation and table are told, as far as can be seen", arguments: summaries)
    func summarises(text: String, operation: String, table: String?) {
        let summary = StatementSummary(of: text)
        #expect(summary.operation == operation)
        #expect(summary.table == table)
    }
}

@Suite("text forms", .timeLimit(.minutes(1))) struct TextFormTests {
    @Test("days and dates are each other's inverse over all that the server keeps")
    func calendar() {
        for day in stride(from: Int64(-2_440_588), through: 106_751_990, by: 997) {
            let (year, month, dayOfMonth) = TimestampText.civil(day)
            #expect(TimestampText.days(year, month, dayOfMonth) == day)
        }
        #expect(TimestampText.days(1970, 1, 1) == 0)
        #expect(TimestampText.days(2000, 2, 29) == 11_016)
    }

    static let times: [(String, Int64?)] = [
        ("1970-01-01 00:00:00+00", 0),
        ("1970-01-01", 0),
        ("1970-01-01 00:00:00", 0),
        ("1970-01-01 00:00:00.5+00", 500_000),
        ("1969-12-31 23:59:59.999999+00", -1),
        ("2000-02-29 12:34:56.789+00", 951_827_696_789_000),
        ("12000-01-01 00:00:00+00", 316_516_204_800_000_000),
        ("0001-01-01 00:00:00+00 BC", -62_167_219_200_000_000),
        ("0001-01-01 BC", -62_167_219_200_000_000),
        ("infinity", nil), ("", nil), ("1970-13-01", nil), ("1970-01-01 00:00", nil),
        ("1970-01-01 00:00:00+02", nil),
        ("1970-01-01 00:00:00+00x", nil), ("1970-01-01 00:00:00.+00", nil), ("70-01-01", nil),
    ]

    @Test("times are read to the microsecond", arguments: times)
    func reads(text: String, expected: Int64?) {
        #expect(TimestampText.microseconds(in: text.utf8.span) == expected)
        guard let expected, text.hasSuffix("+00"), text.utf8.count == 29 else { return }
        #expect(TimestampText.text(microseconds: Double(expected)) == text)
    }

    static let arrays: [(String, [String?]?)] = [
        ("{}", []), ("{1,2}", ["1", "2"]), (#"{"a,b",NULL,"NULL"}"#, ["a,b", nil, "NULL"]),
        (#"{"a\"b","c\\d"}"#, ["a\"b", "c\\d"]), ("{a}", ["a"]), (#"{""}"#, [""]),
        ("", nil), ("{", nil), ("{1", nil), ("{{1},{2}}", nil), (#"{"a}"#, nil), (#"{"a"b}"#, nil),
        (#"{\}"#, nil),
        (#"{"\}"#, nil), ("[0:1]={1,2}", nil),
    ]

    @Test("arrays are taken apart, and what is none is refused", arguments: arrays)
    func takesApart(text: String, expected: [String?]?) {
        let elements = ArrayText.elements(of: text.utf8.span)
        #expect(elements == expected)
    }

    static let names: [(String, String)] = [
        ("id", "id"), ("createdAt", "created_at"), ("imageURL", "image_url"), ("URLPath", "url_path"),
        ("a1B", "a1_b"), ("already_snake", "already_snake"), ("mixed_Case", "mixed_case"),
    ]

    @Test("names in camel case find columns in snake case", arguments: names)
    func snakes(key: String, column: String) {
        #expect(ColumnNaming.snakeCase.isAlternative(column, to: key))
        #expect(!ColumnNaming.asWritten.isAlternative(column, to: key))
        for other in [column + "_", column.dropLast(1) + "", "_" + column, column.uppercased(), ""] {
            #expect(!ColumnNaming.snakeCase.isAlternative(other, to: key), "\(other)")
        }
    }
}
