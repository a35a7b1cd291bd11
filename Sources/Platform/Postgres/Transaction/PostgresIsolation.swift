/// What a transaction sees of others (PostgreSQL manual, 13.2).
public enum PostgresIsolation: String, Sendable {
    /// Each statement sees what was committed before it began.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first one; conflicting writes fail with `serializationFailure`.
    case repeatableRead = "REPEATABLE READ"
    /// As if transactions ran one after another; conflicts fail with `serializationFailure`.
    case serializable = "SERIALIZABLE"

    var begin: SQL { SQL(text: "BEGIN ISOLATION LEVEL \(rawValue)") }
}
