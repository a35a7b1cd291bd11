import Reactor

/// What a statement has led to.
enum QueryOutcome: Sendable {
    case result(QueryResult)
    case failed(PostgresError)

    /// Why it failed; nil for success.
    var error: PostgresError? { if case .failed(let error) = self { error } else { nil } }

    func get() throws(PostgresError) -> QueryResult {
        switch self {
        case .result(let result): return result
        case .failed(let error): throw error
        }
    }
}

/// What a statement's caller gets.
struct QueryAnswer: Sendable {
    let outcome: QueryOutcome
    /// What it was to metrics and spans: nil when nobody asks, and when it was not sent.
    let kind: StatementKind?
}

/// One statement on its way: waiting for a connection, for its turn in a pipeline, or for its result.
@safe final class PendingQuery {
    let number: Int
    let sql: SQL
    let deadline: MonotonicInstant
    /// Whether its answer is to say what kind of statement it was.
    let isObserved: Bool
    /// The statement it was sent with.
    var statement: PreparedStatement?
    /// Whether the next result is that of preparing it.
    var awaitsParse = false
    var result: QueryResult?
    var failure: PostgresError?
    /// Whether its plan is out of date: the statement must be prepared again.
    var isStale = false
    /// Whether it has been sent a second time already.
    var isRepeated = false
    /// Whether a cancel that was meant for the statement before it may reach the server while this one runs.
    var mayBeHit = false
    /// The server has been asked to cancel it, and must have ended it by then.
    var cancelLimit = MonotonicInstant.distantFuture
    private var continuation: UnsafeContinuation<QueryAnswer, Never>?

    init(
        _ number: Int,
        _ sql: SQL,
        _ deadline: MonotonicInstant,
        isObserved: Bool,
        _ continuation: UnsafeContinuation<QueryAnswer, Never>?
    ) {
        self.number = number
        self.sql = sql
        self.deadline = deadline
        self.isObserved = isObserved
        unsafe self.continuation = continuation
    }

    /// Whether nobody waits for it any more: its result will be dropped.
    var isAbandoned: Bool { unsafe continuation == nil }

    /// Makes it as if it had not been sent, but for the last time.
    func reset() {
        (statement, result, failure) = (nil, nil, nil)
        (awaitsParse, isStale, mayBeHit, isRepeated) = (false, false, false, true)
    }

    /// Answers the caller, once.
    func answer(_ outcome: QueryOutcome) {
        guard let waiting = unsafe continuation.take() else { return }
        let answer = QueryAnswer(outcome: outcome, kind: isObserved ? statement?.kind : nil)
        unsafe waiting.resume(returning: answer)
    }
}
