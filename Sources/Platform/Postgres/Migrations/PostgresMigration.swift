/// One step of a database's schema.
public struct PostgresMigration: Sendable, Hashable {
    /// Its place, from 1, without gaps.
    public let number: Int
    /// What it is for: what stands between the number and `.sql` in a file's name.
    public let name: String
    /// Its statements.
    public let sql: String

    /// Makes a migration that is part of the program.
    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// Whether it runs outside of a transaction, because its first line says `-- no-transaction`. It then holds one
    /// statement, such as CREATE INDEX CONCURRENTLY, and should do no harm when it is run again.
    public var isTransactional: Bool {
        let first = sql.prefix { $0 != "\n" && $0 != "\r\n" }
        return first.filter { !$0.isWhitespace } != "--no-transaction"
    }

    /// `0001_create_listing`, as in messages.
    var label: String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_" + name
    }

    /// Reads a file's name: four digits, an underscore, a name of letters, digits, `_` and `-`, and `.sql`.
    static func parse(fileName: String) -> (number: Int, name: String)? {
        guard fileName.hasSuffix(".sql") else { return nil }
        let stem = fileName.dropLast(4)
        let digits = stem.prefix(4)
        let name = stem.dropFirst(5)
        guard digits.utf8.count == 4, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(digits),
            stem.dropFirst(4).first == "_", !name.isEmpty,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") })
        else { return nil }
        return (number, String(name))
    }

    /// Checks that the numbers go from 1 up without a gap.
    ///
    /// - Throws: ``PostgresError`` with code `migrationRefused`.
    static func ordered(_ migrations: [Self]) throws(PostgresError) -> [Self] {
        let sorted = migrations.sorted { $0.number < $1.number }
        for (index, migration) in sorted.enumerated() where migration.number != index + 1 {
            throw PostgresError(
                .migrationRefused,
                "\(migration.label): expected number \(index + 1); numbers go up from 1 without a gap, each once"
            )
        }
        return sorted
    }
}
