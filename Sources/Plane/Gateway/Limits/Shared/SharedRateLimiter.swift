import Reactor
import Synchronization

/// A zone whose limit is exact over all gateways, as long as their store answers.
///
/// When the store fails or is slower than its bound, this gateway's own buckets decide (fail soft), and the store is left
/// alone for a while: requests don't wait for it one after another. All that is counted. The own buckets are not charged
/// while the store answers, so that a zone whose store goes away begins with a burst from each gateway.
final class SharedRateLimiter: Sendable {
    /// The buckets of this gateway, for when the store is away.
    let local: RateLimiter
    private let store: any SharedRateStore
    private let schedule: RateSchedule
    private let bound: Duration
    private let rest: Duration
    private let pause: @Sendable (Duration) async throws -> Void
    private let askAgainAt = Atomic<Int64>(.min)
    private let failureCount = Atomic<UInt64>(0)

    /// Makes a limiter.
    ///
    /// - Parameters:
    ///   - local: decides when the store doesn't.
    ///   - store: keeps the buckets.
    ///   - bound: how long a request waits for the store at most.
    ///   - rest: how long the store is not asked after it failed.
    ///   - pause: waits for so long, or until the task is cancelled: a loop's `sleep(for:)`.
    init(
        _ local: RateLimiter,
        store: any SharedRateStore,
        bound: Duration = .milliseconds(20),
        rest: Duration = .seconds(1),
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.local = local
        self.store = store
        self.bound = bound
        self.rest = rest
        self.pause = pause
        schedule = RateSchedule(local.limit)
    }

    /// Times that the store failed or was too slow.
    var failures: UInt64 { failureCount.load(ordering: .relaxed) }

    /// Takes tokens from the shared bucket, or from this gateway's.
    ///
    /// - Parameters:
    ///   - key: the bucket here.
    ///   - name: the bucket's key in the store.
    ///   - cost: as for ``RateLimiter/take(_:cost:at:)``.
    ///   - now: the time by this gateway's clock.
    /// - Returns: as ``RateLimiter/take(_:cost:at:)``.
    func take(
        _ key: RateKey,
        named name: String,
        cost: Int = 1,
        at now: MonotonicInstant
    ) async -> RateVerdict {
        guard now.nanoseconds >= askAgainAt.load(ordering: .relaxed) else {
            return local.take(key, cost: cost, at: now)
        }
        if let verdict = await ask(SharedBucket(zone: local.limit.name, key: name), cost) { return verdict }
        // A client that left says nothing of the store.
        guard !Task.isCancelled else { return local.take(key, cost: cost, at: now) }
        failureCount.add(1, ordering: .relaxed)
        askAgainAt.store((now + rest).nanoseconds, ordering: .relaxed)
        return local.take(key, cost: cost, at: now)
    }

    /// The store's word; nil when it has none in time.
    private func ask(_ bucket: SharedBucket, _ cost: Int) async -> RateVerdict? {
        await withTaskGroup(of: RateVerdict?.self) { group in
            group.addTask { [store, schedule] in try? await store.take(cost, of: bucket, schedule) }
            group.addTask { [pause, bound] in
                try? await pause(bound)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
