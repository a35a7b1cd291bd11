/// What a statement is for metrics and spans: its first word and the table it works on, as far as can be told.
public struct StatementSummary: Sendable, Hashable {
    /// `db.operation.name`: `SELECT`, `INSERT`, `BEGIN` …; `OTHER` for a word that is none of SQL's.
    public let operation: String
    /// `db.collection.name`: the first table after FROM, INTO, UPDATE or COPY; nil where there is none to be seen.
    public let table: String?

    private static let operations: Set<String> = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "COPY", "BEGIN", "COMMIT",
        "ROLLBACK",
        "SAVEPOINT", "RELEASE", "SET", "LISTEN", "NOTIFY", "FETCH", "DECLARE", "CLOSE", "CALL", "CREATE",
        "ALTER",
        "DROP", "TRUNCATE", "DEALLOCATE", "EXPLAIN", "LOCK", "REFRESH", "VACUUM", "ANALYZE",
    ]
    private static let markers: Set<String> = ["FROM", "INTO", "UPDATE", "COPY"]

    /// Reads the words of a statement's text, which is the programmer's own: values are no part of it.
    public init(of text: String) {
        let words = text.split(maxSplits: 64) {
            $0.isWhitespace || $0 == "(" || $0 == ")" || $0 == "," || $0 == ";"
        }
        let first = words.first?.uppercased() ?? ""
        operation = Self.operations.contains(first) ? first : "OTHER"
        let marker = words.firstIndex { Self.markers.contains($0.uppercased()) }
        let next = marker.map { words.index(after: $0) }
        table = next.flatMap { $0 < words.endIndex ? Self.name(words[$0]) : nil }
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
