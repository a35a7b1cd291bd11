import Reactor
import Synchronization

/// A transaction that the calls on its pool join which are made inside of it.
final class TransactionScope: Sendable {
    @TaskLocal private static var innermost: TransactionScope?

    private let tx: PostgresTransaction
    private let isolation: PostgresIsolation
    private let outer: TransactionScope?
    private let turns = Turns()
    private let isOver = Atomic<Bool>(false)

    private init(_ tx: PostgresTransaction, _ isolation: PostgresIsolation, outer: TransactionScope?) {
        self.tx = tx
        self.isolation = isolation
        self.outer = outer
    }

    /// The innermost one of a pool that the calling task is in; nil for none. A task that outlives one is not in it.
    static func current(of pool: PostgresPool) -> TransactionScope? {
        var scope = innermost
        while let candidate = scope {
            if candidate.tx.pool === pool, !candidate.isOver.load(ordering: .acquiring) { return candidate }
            scope = candidate.outer
        }
        return nil
    }

    /// Runs `body` so that the calls which it makes on the transaction's pool join it.
    static func with<Value>(
        _ tx: PostgresTransaction,
        _ isolation: PostgresIsolation,
        isolatedTo actor: isolated (any Actor)? = #isolation,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        let scope = TransactionScope(tx, isolation, outer: innermost)
        defer { scope.isOver.store(true, ordering: .releasing) }
        return try await $innermost.withValue(scope) {
            // The closure becomes the caller's actor's; else `withValue` would leave the actor for it.
            _ = actor
            return try await body(tx)
        }
    }

    /// Runs one statement. Its error undoes what it did and nothing else, as it would outside: so it has a savepoint of
    /// its own.
    func query(_ sql: SQL, _ deadline: MonotonicInstant?) async throws(PostgresError) -> PostgresRows {
        do {
            return try await transaction(.readCommitted, .distantFuture) {
                try await $0.query(sql, deadline: deadline)
            }
        } catch let error as PostgresError {
            throw error
        } catch {
            // Nothing in it throws anything else; the compiler can't know.
            throw PostgresError(.cancelled, String(describing: error))
        }
    }

    /// Runs `body` in a savepoint, after those that are open in this one: tasks that run side by side must not undo
    /// each other's work.
    func transaction<Value>(
        _ isolation: PostgresIsolation,
        _ limit: MonotonicInstant,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        guard isolation <= self.isolation else {
            let reason = "\(isolation.rawValue) asked for inside of \(self.isolation.rawValue)"
            throw PostgresError(.isolationUnavailable, reason)
        }
        try await turns.take()
        defer { turns.giveBack() }
        let own = self.isolation
        return try await tx.transaction(until: limit) { inner in
            try await TransactionScope.with(inner, own, body)
        }
    }
}
