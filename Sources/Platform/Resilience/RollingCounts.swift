import Reactor

/// How many events there were of late, and how many of them were marked, in ten buckets that follow the clock.
///
/// With a window of 10 s the sums cover the last 9 to 10 seconds. Adding costs no allocation, whatever the rate.
struct RollingCounts: Sendable {
    private struct Bucket {
        var total = 0
        var marked = 0
    }

    private static let bucketCount: Int64 = 10
    private let width: Int64
    private var buckets = InlineArray<10, Bucket>(repeating: Bucket())
    private var newest: Int64 = 0
    /// Events in the window, as of the last ``advance(to:)``.
    private(set) var total = 0
    /// Marked events in the window, as of the last ``advance(to:)``.
    private(set) var marked = 0

    init(window: Duration) { width = max(1, window.nanoseconds / Self.bucketCount) }

    /// Forgets what has left the window; an earlier time than before changes nothing.
    mutating func advance(to now: MonotonicInstant) {
        let tick = max(0, now.nanoseconds) / width
        guard tick > newest else { return }
        for step in 1...min(tick - newest, Self.bucketCount) {
            let index = Int((newest + step) % Self.bucketCount)
            total -= buckets[index].total
            marked -= buckets[index].marked
            buckets[index] = Bucket()
        }
        newest = tick
    }

    /// Counts into the present bucket; call ``advance(to:)`` first.
    mutating func add(total events: Int, marked markedEvents: Int) {
        let index = Int(newest % Self.bucketCount)
        buckets[index].total += events
        buckets[index].marked += markedEvents
        total += events
        marked += markedEvents
    }

    /// Forgets everything.
    mutating func reset() {
        buckets = InlineArray(repeating: Bucket())
        total = 0
        marked = 0
    }
}
