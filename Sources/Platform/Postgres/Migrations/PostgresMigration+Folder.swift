import FoundationEssentials

extension PostgresMigration {
    /// Reads the files `NNNN_name.sql` of a folder; blocks.
    ///
    /// - Throws: ``PostgresError`` with code `migrationRefused` for a folder or file that can't be read, and for an SQL
    ///   file with another form of name.
    public static func read(folder: String) throws(PostgresError) -> [PostgresMigration] {
        var migrations: [PostgresMigration] = []
        for fileName in try names(in: folder) where fileName.hasSuffix(".sql") {
            guard let (number, name) = parse(fileName: fileName) else {
                throw PostgresError(.migrationRefused, "\(fileName): a migration is called NNNN_name.sql")
            }
            let sql = try text(of: "\(folder)/\(fileName)")
            migrations.append(PostgresMigration(number: number, name: name, sql: sql))
        }
        return try ordered(migrations)
    }

    private static func names(in folder: String) throws(PostgresError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw PostgresError(.migrationRefused, "read folder \(folder): \(error)")
        }
    }

    private static func text(of path: String) throws(PostgresError) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw PostgresError(.migrationRefused, "read \(path) as UTF-8: \(error)")
        }
    }
}
