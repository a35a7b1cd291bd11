/// Told of what a pool does, for metrics and spans; on the event loop, so it must not block.
public protocol PostgresObserver: Sendable {
    /// A statement is about to be sent, or to wait for a connection.
    func statementBegan(_ statement: StatementSummary)
    /// A statement has ended, however it did: nil for success.
    func statementEnded(_ statement: StatementSummary, duration: Duration, error: PostgresError.Code?)
    /// A call has waited for a connection, and got one or gave up.
    func waited(_ duration: Duration)
}
