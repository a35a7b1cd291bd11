/// What a database call can fail with.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, to `switch` on.
    public enum Code: Sendable, Hashable {
        /// Every connection was in use until the wait was over, or the queue of waiting calls was full. Nothing was
        /// sent: answer 503 with `Retry-After`, see ``PostgresError/retryAfter``.
        case poolExhausted
        /// No connection could be made: the server is away, or refused us. Nothing was sent.
        case notConnected
        /// The connection ended with the statement on its way: whether it took effect is unknown, unless it only read.
        case connectionLost
        /// The call's deadline passed, or `statement_timeout` did. Outside of a transaction the statement may still
        /// have taken effect.
        case timedOut
        /// The calling task was cancelled.
        case cancelled
        /// The pool has been closed.
        case closed
        /// A unique or exclusion constraint is violated (23505, 23P01); ``PostgresError/constraint`` names it.
        case uniqueViolation
        /// A foreign key is violated (23503); ``PostgresError/constraint`` names it.
        case foreignKeyViolation
        /// A check constraint is violated (23514); ``PostgresError/constraint`` names it.
        case checkViolation
        /// A column that must have a value has none (23502); ``PostgresError/column`` names it.
        case notNullViolation
        /// A concurrent transaction got in the way (40001): repeat the whole transaction.
        case serializationFailure
        /// This transaction was chosen to end a deadlock (40P01): repeat the whole transaction.
        case deadlock
        /// A table changed below a prepared statement inside a transaction: repeat the whole transaction.
        case stalePlan
        /// A statement failed earlier in this transaction, so that it was rolled back instead of committed (25P02).
        case transactionAborted
        /// A transaction inside of an enclosing one asked for a stronger isolation than that one has.
        case isolationUnavailable
        /// The handle of a transaction, a stream or a copy was used after its closure had ended.
        case scopeOver
        /// A value could not be turned into a parameter, or a statement may not hold parameters; nothing was sent.
        case notEncodable
        /// A column is missing, NULL, or its text is no value of the type that was asked for.
        case notDecodable
        /// Migrations can't be applied: a file was changed after it had been, a number is missing or taken twice.
        case migrationRefused
        /// Another answer of the server: its five-character SQLSTATE (PostgreSQL manual, appendix A).
        case server(sqlState: String)
    }

    /// What went wrong.
    public let code: Code
    /// The server's SQLSTATE, where the server answered.
    public let sqlState: String?
    /// The violated constraint, where there is one; it names part of the schema, so it is not for clients as it is.
    public let constraint: String?
    /// The column that lacks a value, where the server names it.
    public let column: String?
    /// For the log only: it may hold values, SQL and hosts.
    public let detail: String

    init(
        _ code: Code,
        _ detail: String,
        sqlState: String? = nil,
        constraint: String? = nil,
        column: String? = nil
    ) {
        self.code = code
        self.detail = detail
        self.sqlState = sqlState
        self.constraint = constraint
        self.column = column
    }

    /// Fit for a client to read: the code alone, no value, no SQL, no host.
    public var description: String { "postgres: \(code.label)" }

    /// How long a caller should wait before it tries again; nil where trying again is of no use.
    public var retryAfter: Duration? {
        switch code {
        case .poolExhausted, .notConnected, .connectionLost, .timedOut, .closed: .seconds(1)
        case .serializationFailure, .deadlock, .stalePlan: .seconds(1)
        // The server lacks memory, disk or connections (class 53).
        case .server(let state) where state.hasPrefix("53"): .seconds(1)
        default: nil
        }
    }

    /// Whether the transaction had no effect, and may succeed when all of it is repeated.
    public var mayRepeatTransaction: Bool {
        switch code {
        case .serializationFailure, .deadlock, .stalePlan: true
        default: false
        }
    }
}

extension PostgresError.Code {
    /// One of a closed list of words, good for a metric's label: the case's name in snake case, or `server`.
    public var label: String {
        switch self {
        case .poolExhausted: "pool_exhausted"
        case .notConnected: "not_connected"
        case .connectionLost: "connection_lost"
        case .timedOut: "timed_out"
        case .cancelled: "cancelled"
        case .closed: "closed"
        case .uniqueViolation: "unique_violation"
        case .foreignKeyViolation: "foreign_key_violation"
        case .checkViolation: "check_violation"
        case .notNullViolation: "not_null_violation"
        case .serializationFailure: "serialization_failure"
        case .deadlock: "deadlock"
        case .stalePlan: "stale_plan"
        case .transactionAborted: "transaction_aborted"
        case .isolationUnavailable: "isolation_unavailable"
        case .scopeOver: "scope_over"
        case .notEncodable: "not_encodable"
        case .notDecodable: "not_decodable"
        case .migrationRefused: "migration_refused"
        case .server: "server"
        }
    }

    /// The meaning of an SQLSTATE (PostgreSQL manual, appendix A).
    init(sqlState: String) {
        switch sqlState {
        case "23505", "23P01": self = .uniqueViolation
        case "23503": self = .foreignKeyViolation
        case "23514": self = .checkViolation
        case "23502": self = .notNullViolation
        case "40001": self = .serializationFailure
        case "40P01": self = .deadlock
        case "25P02": self = .transactionAborted
        case "57014": self = .timedOut
        case "57P01", "57P02", "57P03", "57P05": self = .connectionLost
        default: self = sqlState.hasPrefix("08") ? .connectionLost : .server(sqlState: sqlState)
        }
    }
}
