/// One step of a database's schema.
public struct PostgresMigration: Sendable, Hashable {
    /// Its place, from 1, without gaps.
    public let number: Int
    /// What it is for: what stands between the number and `.sql` in a file's name.
    public let name: String
    /// Its statements.
    public let sql: String
    /// Why it can't be applied; told when it is to be.
    private let problem: String?

    /// Makes a migration that is part of the program.
    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
        problem = nil
    }

    /// Takes a file that the package manager has built into the program: with `resources: [.embedInCode("Migrations")]`
    /// on the target, a folder `Migrations` of files `NNNN_name.sql` becomes constants whose names are the files', each
    /// character that no Swift name may have, and a digit at its beginning, replaced by `_`:
    ///
    ///     static let migrations = [
    ///         PostgresMigration(file: "0001_notes.sql", PackageResources._001_notes_sql),
    ///         PostgresMigration(file: "0002_add-index.sql", PackageResources._002_add_index_sql),
    ///     ]
    ///
    /// - Parameters:
    ///   - file: the file's name. One of another form, and bytes that are not UTF-8, are refused when it is to be applied.
    ///   - bytes: its content.
    public init(file: String, _ bytes: [UInt8]) {
        let parsed = Self.parse(fileName: file)
        let text = String(validating: bytes, as: UTF8.self)
        (number, name) = parsed ?? (0, file)
        sql = text ?? ""
        problem =
            parsed == nil
            ? "\(file): a migration is called NNNN_name.sql" : text == nil ? "\(file): not UTF-8" : nil
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
        if let problem = migrations.lazy.compactMap(\.problem).first {
            throw PostgresError(.migrationRefused, problem)
        }
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
