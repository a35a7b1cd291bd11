import Postgres
import Testing

/// The code of the error that `body` throws; nil when it throws none.
func code(_ body: () async throws -> Void) async -> PostgresError.Code? {
    do {
        try await body()
        return nil
    } catch let error as PostgresError {
        return error.code
    } catch {
        Issue.record("not a PostgresError: \(error)")
        return nil
    }
}
