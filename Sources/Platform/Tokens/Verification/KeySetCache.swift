public import Reactor
import Synchronization

/// An issuer's keys, fetched from its JWK Set's URL and kept up to date.
///
/// They are fetched when ``refresh()`` is called and they are due, and when a token names a key that they lack: once for
/// all who wait, and not again before the pauses of ``KeySetTiming`` have passed. When the issuer is away they serve on.
public actor KeySetCache {
    /// Gets the document at a URL. It must end in limited time, and come from the issuer itself (https).
    public typealias Fetch = @Sendable (_ url: String) async throws -> [UInt8]

    /// What may be read without entering the actor.
    private struct Published: Sendable {
        var snapshot: KeySetSnapshot?
        var plan: KeySetPlan
        var lastFailure: String?

        mutating func take(_ keys: KeySet, at now: MonotonicInstant) {
            let isSame = snapshot?.keys == keys
            let generation = (snapshot?.generation ?? 0) + (isSame ? 0 : 1)
            snapshot = KeySetSnapshot(keys: keys, generation: generation, fetchedAt: now)
            plan.succeed(at: now)
            lastFailure = nil
        }
    }

    private let url: String
    private let fetch: Fetch
    private let clock: @Sendable () -> MonotonicInstant
    private nonisolated let published: Mutex<Published>
    /// The snapshot's generation and until when it serves, in nanoseconds, beside the lock: each request asks for them.
    private nonisolated let currentGeneration = Atomic<UInt64>(0)
    private nonisolated let currentEnd = Atomic<Int64>(.min)
    private var flight: Task<Void, Never>?

    /// Keeps the keys found at `url`. Nothing is fetched yet.
    public init(
        url: String,
        timing: KeySetTiming = KeySetTiming(),
        clock: @escaping @Sendable () -> MonotonicInstant = { .now },
        fetch: @escaping Fetch
    ) {
        self.url = url
        self.fetch = fetch
        self.clock = clock
        published = Mutex(Published(plan: KeySetPlan(timing: timing)))
    }

    /// The keys, while they may be used; nil before the first fetch and when they are too old. Costs one lock.
    public nonisolated var snapshot: KeySetSnapshot? {
        let now = clock()
        return published.withLock { $0.plan.areUsable(at: now) ? $0.snapshot : nil }
    }

    /// The generation of ``snapshot``, 0 without one. Costs no lock.
    public nonisolated var generation: UInt64 {
        guard clock().nanoseconds < currentEnd.load(ordering: .acquiring) else { return 0 }
        return currentGeneration.load(ordering: .acquiring)
    }

    /// Figures for metrics and logs.
    public nonisolated var figures: KeySetFigures {
        let now = clock()
        return published.withLock {
            KeySetFigures(
                age: $0.snapshot.map { now - $0.fetchedAt },
                fetches: $0.plan.fetches,
                failures: $0.plan.failures,
                lastFailure: $0.lastFailure
            )
        }
    }

    /// Fetches the keys when they are due. Whoever owns the cache calls this now and then, say each second.
    public func refresh() async {
        let now = clock()
        if published.withLock({ $0.plan.isDue(at: now) }) { await load() }
    }

    /// Verifies a token, and fetches the keys first where it names one that they lack.
    ///
    /// - Throws: ``TokenError``; `keysUnavailable` when there are no keys that may be used.
    public nonisolated func verify(
        _ token: UnverifiedToken,
        by verifier: TokenVerifier,
        at now: UnixTime
    ) async throws(TokenError) -> VerifiedToken {
        // Whatever the keys are; nothing is fetched for it.
        guard verifier.algorithms.contains(token.header.algorithm) else { throw .algorithmNotAllowed }
        if let snapshot {
            do {
                return try verifier.verify(token, keys: snapshot.keys, at: now)
            } catch .unknownKey {
                // The one refusal that newer keys may lift.
            }
        }
        return try verifier.verify(token, keys: try await keys(for: token.header), at: now)
    }

    private func keys(for header: TokenHeader) async throws(TokenError) -> KeySet {
        if let keys = snapshot?.keys, keys.key(for: header) != nil { return keys }
        let begun = clock()
        if mayLoad(for: header, at: begun) { await load() }
        guard let snapshot else { throw .keysUnavailable }
        guard snapshot.keys.key(for: header) == nil else { return snapshot.keys }
        if snapshot.fetchedAt >= begun {
            published.withLock { $0.plan.remember(missing: header.keyID, at: snapshot.fetchedAt) }
        }
        throw .unknownKey
    }

    private func mayLoad(for header: TokenHeader, at now: MonotonicInstant) -> Bool {
        let isFetching = flight != nil
        return published.withLock {
            $0.plan.areUsable(at: now)
                ? $0.plan.maySeek(header.keyID, at: now, isFetching: isFetching)
                : isFetching || $0.plan.isDue(at: now)
        }
    }

    /// Fetches once for all who ask meanwhile. The task is not the first one's own, so that no client that leaves ends
    /// the fetch for the others; it ends with the fetch.
    private func load() async {
        if let flight { return await flight.value }
        let now = clock()
        published.withLock { $0.plan.begin(at: now) }
        let flight = Task(executorPreference: EventLoop.current) { await self.fetchOnce() }
        self.flight = flight
        await flight.value
    }

    private func fetchOnce() async {
        defer { flight = nil }
        do {
            let keys = try KeySet(jwks: await fetch(url))
            guard !keys.keys.isEmpty else {
                throw KeyError(code: .unsupported, detail: "a JWK set without a usable key")
            }
            let now = clock()
            published.withLock {
                $0.take(keys, at: now)
                currentGeneration.store($0.snapshot?.generation ?? 0, ordering: .releasing)
                currentEnd.store($0.plan.usableUntil?.nanoseconds ?? .min, ordering: .releasing)
            }
        } catch {
            published.withLock {
                $0.plan.fail()
                $0.lastFailure = "\(error)"
            }
        }
    }
}
