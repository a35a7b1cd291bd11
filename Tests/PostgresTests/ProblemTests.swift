import HTTP
import Testing

@testable import Postgres

/// What a client learns of a database's error.
@Suite("problems") struct ProblemTests {
    static let away: [(PostgresError.Code, String, Bool?)] = [
        (.poolExhausted, "database_pool_exhausted", true), (.notConnected, "database_not_connected", true),
        (.closed, "database_closed", true), (.timedOut, "database_timed_out", nil),
        (.connectionLost, "database_connection_lost", nil),
        (.serializationFailure, "database_serialization_failure", true),
        (.deadlock, "database_deadlock", true), (.stalePlan, "database_stale_plan", true),
        (.server(sqlState: "53300"), "database_server", true),
    ]

    @Test(
        "a database that is away, full or too slow is 503 with Retry-After, and tells nothing",
        arguments: away
    )
    func unavailable(code: PostgresError.Code, reason: String, isRetryable: Bool?) throws {
        let error = PostgresError(
            code,
            "SELECT 'hunter2' at db.internal",
            sqlState: "53300",
            constraint: "c_key"
        )
        let problem = try #require(error.problem)
        #expect(problem.status == .serviceUnavailable)
        #expect(problem.fields[.retryAfter] == "1")
        #expect(problem.reason == reason)
        #expect(problem.isRetryable == isRetryable)
        for secret in ["hunter2", "db.internal", "SELECT", "c_key"] {
            #expect(!problem.json.contains(secret))
        }
    }

    static let others: [PostgresError.Code] = [
        .uniqueViolation, .foreignKeyViolation, .checkViolation, .notNullViolation, .transactionAborted,
        .isolationUnavailable, .scopeOver, .notEncodable, .notDecodable, .migrationRefused, .cancelled,
        .server(sqlState: "42P01"),
    ]

    @Test("all else is for the handler, or a 500", arguments: others)
    func other(code: PostgresError.Code) { #expect(PostgresError(code, "").problem == nil) }
}
