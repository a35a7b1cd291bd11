/// What a statement is for metrics and spans: its first word and the table it works on, as far as can be told.
struct StatementSummary: Sendable, Hashable {
    /// `db.operation.name`: `SELECT`, `INSERT`, `BEGIN` …; `OTHER` for a word that is none of SQL's.
    let operation: String
    /// `db.collection.name`: the first table after FROM, INTO, UPDATE, COPY or TABLE; nil where there is none to be seen.
    let table: String?

    private static let operations: Set<String> = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "COPY", "BEGIN", "COMMIT",
        "ROLLBACK",
        "SAVEPOINT", "RELEASE", "SET", "RESET", "LISTEN", "NOTIFY", "FETCH", "DECLARE", "CLOSE", "CALL",
        "CREATE", "ALTER", "DROP", "TRUNCATE", "DEALLOCATE", "EXPLAIN", "LOCK", "REFRESH", "VACUUM",
        "ANALYZE",
    ]
    private static let markers: Set<String> = ["FROM", "INTO", "UPDATE", "COPY", "TABLE"]
    /// What may stand between a marker and the table.
    private static let between: Set<String> = ["ONLY", "LATERAL", "IF", "NOT", "EXISTS"]

    /// Reads the words of a statement's text, which is the programmer's own: values are no part of it.
    init(of text: String) {
        let words = text.split(maxSplits: 64) {
            $0.isWhitespace || $0 == "(" || $0 == ")" || $0 == "," || $0 == ";"
        }
        let first = words.first?.uppercased() ?? ""
        operation = Self.operations.contains(first) ? first : "OTHER"
        var rest = words[...].drop { !Self.markers.contains($0.uppercased()) }.dropFirst()
        // `COPY (SELECT … FROM listing) TO STDOUT`: the table comes later.
        while let word = rest.first?.uppercased(), Self.operations.contains(word) {
            rest = rest.drop { !Self.markers.contains($0.uppercased()) }.dropFirst()
        }
        rest = rest.drop { Self.between.contains($0.uppercased()) }
        table = rest.first.flatMap(Self.name)
    }

    /// A plain or qualified name; nil for what is none.
    private static func name(_ word: Substring) -> String? {
        let name = word.filter { $0 != "\"" }
        let isName = name.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "_.0123456789".unicodeScalars.contains($0)
        }
        return isName && !name.isEmpty ? name.lowercased() : nil
    }
}
