/// What a transaction sees of others (PostgreSQL manual, 13.2).
public enum PostgresIsolation: String, Sendable, Comparable {
    /// Each statement sees what was committed before it began.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first one; conflicting writes fail with `serializationFailure`.
    case repeatableRead = "REPEATABLE READ"
    /// As if transactions ran one after another; conflicts fail with `serializationFailure`.
    case serializable = "SERIALIZABLE"

    /// Whether `left` sees more of others than `right`.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .readCommitted: 0
        case .repeatableRead: 1
        case .serializable: 2
        }
    }

    var begin: SQL { SQL(text: "BEGIN ISOLATION LEVEL \(rawValue)") }
}
