import Reactor

/// So many traces a second, and at most a second's worth at once. Time comes in as a parameter.
struct TraceBudget: Sendable {
    private let nanosecondsEach: Int64
    private let capacity: Int64
    /// Saved up, in nanoseconds.
    private var level: Int64
    private var last: MonotonicInstant?

    /// Begins full.
    init(perSecond rate: Int) {
        nanosecondsEach = rate > 0 ? 1_000_000_000 / Int64(rate) : .max
        capacity = 1_000_000_000
        level = capacity
    }

    /// Takes one; false when there is none.
    mutating func take(at now: MonotonicInstant) -> Bool {
        if let last, last < now {
            level = min(capacity, level + min(capacity, now.nanoseconds - last.nanoseconds))
        }
        last = max(last ?? now, now)
        guard level >= nanosecondsEach else { return false }
        level -= nanosecondsEach
        return true
    }
}
