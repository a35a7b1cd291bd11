import Reactor

/// A call that waits for a connection: for a place in a pipeline, or for one of its own.
struct Waiting {
    enum Wish {
        case statement(PendingQuery)
        case lease(PendingLease)
    }

    let wish: Wish
    let since: MonotonicInstant
    /// When it has waited long enough.
    let limit: MonotonicInstant

    var number: Int {
        switch wish {
        case .statement(let query): query.number
        case .lease(let lease): lease.number
        }
    }

    func fail(_ error: PostgresError) {
        switch wish {
        case .statement(let query): query.answer(.failed(error))
        case .lease(let lease): lease.answer(.failure(error))
        }
    }
}

/// Names a connection that somebody holds; of no use once the lease is over.
struct LeaseKey: Sendable, Hashable {
    let connection: Int
    let lease: Int
}

/// A call that wants a connection of its own.
@safe final class PendingLease {
    let number: Int
    private var continuation: UnsafeContinuation<Result<LeaseKey, PostgresError>, Never>?

    init(_ number: Int, _ continuation: UnsafeContinuation<Result<LeaseKey, PostgresError>, Never>) {
        self.number = number
        unsafe self.continuation = continuation
    }

    /// Answers the caller, once.
    func answer(_ result: Result<LeaseKey, PostgresError>) {
        if let waiting = unsafe continuation.take() { unsafe waiting.resume(returning: result) }
    }
}
