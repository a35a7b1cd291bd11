import Reactor
import Synchronization

/// A shared store for the gateways of one process: what tests and a single machine use.
final class MemoryRateStore: SharedRateStore {
    private let table: Mutex<RateTable>
    private let now: @Sendable () -> MonotonicInstant

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - capacity: keys with debts that it holds at least, over all zones.
    ///   - now: its clock.
    init(capacity: Int = 100_000, now: @escaping @Sendable () -> MonotonicInstant = { .now }) {
        table = Mutex(RateTable(most: capacity + capacity / 3))
        self.now = now
    }

    func take(_ cost: Int, of bucket: SharedBucket, _ schedule: RateSchedule) async throws -> RateVerdict {
        let instant = now().nanoseconds
        return table.withLock { $0.take(cost, of: Self.hash(bucket), schedule, at: instant) }
    }

    private static func hash(_ bucket: SharedBucket) -> UInt64 {
        RateKey(hash: UInt64(bitPattern: Int64(bucket.hashValue))).hash
    }
}
