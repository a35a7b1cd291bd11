import HTTP
public import Reactor
import Synchronization

/// Keeps first answers in memory: for one process and for tests. What it keeps is lost when the process ends.
///
/// When it is full, the oldest answer goes; when all its keys are being worked on, a new one is refused with 503.
public final class MemoryIdempotencyStore: IdempotencyStore {
    private struct Entry {
        let fingerprint: UInt128
        let answer: StoredAnswer?
        let expiry: MonotonicInstant
    }

    private struct State {
        var entries: [IdempotentRequest.Key: Entry] = [:]
        /// The keys of kept answers, the oldest first.
        var kept: ArraySlice<IdempotentRequest.Key> = []

        func isOver(_ key: IdempotentRequest.Key, _ now: MonotonicInstant) -> Bool {
            entries[key].map { $0.expiry <= now } ?? true
        }

        /// Forgets kept answers, the oldest first, for as long as `isWanted` says.
        mutating func removeOldest(while isWanted: (Self, IdempotentRequest.Key) -> Bool) {
            while let oldest = kept.first, isWanted(self, oldest) {
                kept.removeFirst()
                entries[oldest] = nil
            }
        }
    }

    private let capacity: Int
    private let lifetime: Int64
    private let now: @Sendable () -> MonotonicInstant
    private let state = Mutex(State())

    /// - Parameters:
    ///   - capacity: how many keys it holds.
    ///   - lifetime: how long an answer is kept.
    ///   - now: the time.
    public init(
        capacity: Int = 10_000,
        lifetime: Duration = .seconds(86_400),
        now: @escaping @Sendable () -> MonotonicInstant = { .now }
    ) {
        self.capacity = capacity
        self.lifetime = lifetime.nanoseconds
        self.now = now
    }

    /// Runs a request the first time that its key is seen.
    public func once(
        _ request: IdempotentRequest,
        _ run: () async throws -> StoredAnswer
    ) async throws -> IdempotencyOutcome {
        if let known = try begin(request) { return known }
        do {
            let answer = try await run()
            keep(answer, for: request)
            return .first(answer)
        } catch {
            state.withLock { $0.entries[request.key] = nil }
            throw error
        }
    }

    private func begin(_ request: IdempotentRequest) throws -> IdempotencyOutcome? {
        let now = now()
        return try state.withLock { state in
            state.removeOldest { $0.isOver($1, now) }
            if let entry = state.entries[request.key] {
                guard entry.fingerprint == request.fingerprint else { return .otherRequest }
                return entry.answer.map { .replay($0) } ?? .inFlight
            }
            state.removeOldest { state, _ in state.entries.count >= capacity }
            guard state.entries.count < capacity else {
                throw Problem.overloaded("idempotency_store_full")
            }
            state.entries[request.key] = Entry(
                fingerprint: request.fingerprint,
                answer: nil,
                expiry: .distantFuture
            )
            return nil
        }
    }

    private func keep(_ answer: StoredAnswer, for request: IdempotentRequest) {
        let expiry = now() + lifetime
        state.withLock { state in
            state.entries[request.key] = Entry(
                fingerprint: request.fingerprint,
                answer: answer,
                expiry: expiry
            )
            state.kept.append(request.key)
        }
    }
}
