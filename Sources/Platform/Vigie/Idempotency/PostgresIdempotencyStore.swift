public import Postgres
public import Routing
import Synchronization
import Telemetry

/// Keeps first answers of `.idempotent` routes in the handler's own database, in the handler's own transaction: an answer
/// is kept if, and only if, its work is, also when the server or this process is killed at any point.
///
/// The handler needs to know nothing of it: what it does on the same pool joins
/// (``Postgres/PostgresPool/enclosingTransaction(isolation:deadline:_:)`` tells how). An error, and an answer of 400 or
/// more, undoes all and leaves the key free. The same key of another replica waits for the first one's end and gets its
/// answer. Its table is made by `migrate`; expired answers are deleted by ``run(every:)``, which somebody has to run.
public final class PostgresIdempotencyStore: IdempotencyStore {
    private let pool: PostgresPool
    private let atWork = Mutex<[IdempotentRequest.Key: Int]>([:])
    /// One that works, and one that waits for it: who waits holds a connection, and a client that repeats itself without
    /// patience must not get them all.
    private static let callsAtOnce = 2

    /// Keeps answers in the database of `pool`.
    public init(_ pool: PostgresPool) { self.pool = pool }

    /// Runs a request the first time that its key is seen.
    ///
    /// - Throws: what `run` throws; `PostgresError`.
    public func once(
        _ request: IdempotentRequest,
        _ run: () async throws -> StoredAnswer
    ) async throws -> IdempotencyOutcome {
        guard begin(request.key) else { return .inFlight }
        defer { end(request.key) }
        let key = IdempotencyKey(request)
        return try await pool.enclosingTransaction { tx in
            switch try await tx.claim(key) {
            case .replay(let kept): return .replay(StoredAnswer(kept))
            case .conflict: return .otherRequest
            case .first: break
            }
            let answer = try await run()
            try await tx.store(KeptAnswer(answer), for: key)
            return .first(answer)
        }
    }

    /// Deletes answers that are older than 24 hours, now and after each pause, until the task is cancelled. A database
    /// that is away is asked again after the pause.
    public func run(every pause: Duration = .seconds(600)) async throws {
        while true {
            try Task.checkCancellation()
            do throws(PostgresError) {
                // A few at a time, so that no one waits long for their locks.
                while try await pool.deleteExpiredAnswers(limit: 1_000) == 1_000 {}
            } catch {
                Context.current.logger.warning("expired answers not deleted", ["error": "\(error)"])
            }
            try await pool.sleep(for: pause)
        }
    }

    private func begin(_ key: IdempotentRequest.Key) -> Bool {
        atWork.withLock { atWork in
            let count = atWork[key, default: 0]
            guard count < Self.callsAtOnce else { return false }
            atWork[key] = count + 1
            return true
        }
    }

    private func end(_ key: IdempotentRequest.Key) {
        atWork.withLock { atWork in
            let count = atWork[key, default: 1] - 1
            atWork[key] = count == 0 ? nil : count
        }
    }
}
