import Synchronization

/// What an event loop tells of itself; written by its thread, readable from any.
public final class LoopStatistics: Sendable {
    /// Upper bounds of the lag histogram's buckets, in nanoseconds: 50 µs, 100 µs, … doubling to about 13 s.
    public static let lagBounds: [Int64] = (0..<19).map { 50_000 << $0 }

    private let turns = Atomic<UInt64>(0)
    private let busy = Atomic<Int64>(0)
    private let longest = Atomic<Int64>(0)
    private let busySince = Atomic<Int64>(0)
    private let buckets: Mutex<[UInt64]> = Mutex(Array(repeating: 0, count: 20))
    /// Turns shorter than the first bound, the common case, are counted apart so that it costs no lock.
    private let shortTurns = Atomic<UInt64>(0)

    /// What a scrape reads at one moment.
    public struct Snapshot: Sendable, Equatable {
        /// How often the loop has looked for events.
        public let turns: UInt64
        /// The time spent working, all in all.
        public let busy: Duration
        /// The longest turn so far: the longest that any event had to wait.
        public let longestTurn: Duration
        /// How many turns took at most ``LoopStatistics/lagBounds``[i]; the last one counts those above every bound.
        public let lagBuckets: [UInt64]
        /// How long the turn in progress has lasted; zero while the loop waits for events.
        public let currentLag: Duration
    }

    /// Reads all figures.
    public func snapshot(at now: MonotonicInstant = .now) -> Snapshot {
        let since = busySince.load(ordering: .relaxed)
        var counts = buckets.withLock { $0 }
        counts[0] += shortTurns.load(ordering: .relaxed)
        return Snapshot(
            turns: turns.load(ordering: .relaxed),
            busy: .nanoseconds(busy.load(ordering: .relaxed)),
            longestTurn: .nanoseconds(longest.load(ordering: .relaxed)),
            lagBuckets: counts,
            currentLag: since == 0 ? .zero : .nanoseconds(max(0, now.nanoseconds - since))
        )
    }

    func beginTurn(at now: MonotonicInstant) {
        busySince.store(now.nanoseconds, ordering: .relaxed)
    }

    /// Only the loop's thread writes, so a load and a store do for a counter.
    func endTurn(began: MonotonicInstant, at now: MonotonicInstant) {
        let spent = now.nanoseconds - began.nanoseconds
        turns.store(turns.load(ordering: .relaxed) + 1, ordering: .relaxed)
        busy.store(busy.load(ordering: .relaxed) + spent, ordering: .relaxed)
        busySince.store(0, ordering: .relaxed)
        guard spent > Self.lagBounds[0] else {
            shortTurns.store(shortTurns.load(ordering: .relaxed) + 1, ordering: .relaxed)
            return
        }
        if spent > longest.load(ordering: .relaxed) { longest.store(spent, ordering: .relaxed) }
        let bucket = Self.lagBounds.firstIndex { spent <= $0 } ?? Self.lagBounds.count
        buckets.withLock { $0[bucket] += 1 }
    }
}
