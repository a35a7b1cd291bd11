/// A statement with its parameters, written as a string literal: what is interpolated is bound, never spliced.
///
///     let sql: SQL = "SELECT name FROM listing WHERE id = \(id) AND city = ANY(\(cities))"
///
/// becomes `SELECT name FROM listing WHERE id = $1 AND city = ANY($2)` and two parameters. Their types are those that
/// the server infers from the place (PostgreSQL manual, 10.3); where it can't, say it: `\(n)::int`. The name of a table
/// or column goes in by ``identifier(_:)``, a number that the planner must see by ``number(_:)``, another statement's part by interpolating its `SQL`. A value that can't be
/// sent (a text with a NUL, for instance) makes the call fail before anything is sent.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// The text with `$1`, `$2` … in the place of values.
    public internal(set) var text: String
    var parameters = ParameterList()
    /// Whether the server keeps it prepared; not for what will hardly come again.
    var isKept = true
    /// Why it can't be sent.
    var failure: PostgresError?

    init(text: String) { self.text = text }

    /// A statement without parameters.
    public init(stringLiteral text: String) { self.text = text }

    /// A statement whose interpolated values have become parameters.
    public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

    /// A name, quoted so that it can be nothing else (PostgreSQL manual, 4.1.1): at most 63 bytes, no NUL, not empty.
    public static func identifier(_ name: String) -> SQL {
        var sql = SQL(text: "\"")
        for character in name.unicodeScalars {
            if character == "\"" { sql.text.unicodeScalars.append("\"") }
            sql.text.unicodeScalars.append(character)
        }
        sql.text += "\""
        if name.isEmpty || name.utf8.count > 63 || name.utf8.contains(0) {
            sql.failure = PostgresError(
                .notEncodable,
                "an identifier has 1 to 63 bytes and no NUL, this has \(name.utf8.count)"
            )
        }
        return sql
    }

    /// A number in the statement's own text, for what the planner has to know beforehand: a `LIMIT`, above all. As a parameter it
    /// has each execution planned anew, since a plan for any limit always looks dearer (PostgreSQL manual, PREPARE, "Notes").
    /// Every number makes a statement of its own: for few different ones.
    public static func number(_ value: Int) -> SQL { SQL(text: String(value)) }

    /// Appends another statement's part; its parameters follow this one's.
    public mutating func append(_ other: SQL) {
        var copied = other.text.startIndex
        for index in other.parameters.slots.indices {
            let slot = other.parameters.slots[index]
            let utf8 = other.text.utf8
            let end = utf8.index(other.text.startIndex, offsetBy: Int(slot.placeholder))
            text += other.text[copied..<end]
            appendPlaceholder { $0.append(other.parameters, index) }
            copied = utf8.index(end, offsetBy: 1 + Self.digits(index + 1))
        }
        text += other.text[copied...]
        failure = failure ?? other.failure
    }

    mutating func appendPlaceholder(_ bind: (inout ParameterList) -> Void) {
        let placeholder = text.utf8.count
        bind(&parameters)
        parameters.setPlaceholder(placeholder)
        text += "$"
        text += String(parameters.slots.count)
        if parameters.slots.count > ParameterList.limit {
            failure = PostgresError(
                .notEncodable,
                "a statement has at most \(ParameterList.limit) parameters"
            )
        }
    }

    mutating func bind(_ value: some PostgresValue) {
        var writer = PostgresValueWriter(parameters.takeBytes())
        value.write(to: &writer)
        if let problem = writer.problem { failure = failure ?? PostgresError(.notEncodable, problem) }
        appendPlaceholder { $0.finish(&writer) }
    }

    private static func digits(_ number: Int) -> Int { String(number).utf8.count }
}
