import Reactor

/// Decides when an issuer's keys are fetched. Time comes in as a parameter.
struct KeySetPlan: Sendable {
    let timing: KeySetTiming
    private var fetchedAt: MonotonicInstant?
    /// Until when the keys serve; asked for each request, so reckoned once.
    private(set) var usableUntil: MonotonicInstant?
    private(set) var failures: UInt64 = 0
    private(set) var fetches: UInt64 = 0
    private var lastAttempt: MonotonicInstant?
    private var failuresInRow = 0
    /// Until when a key that the issuer did not know is taken to be unknown still.
    private var misses: [String: MonotonicInstant] = [:]

    init(timing: KeySetTiming) { self.timing = timing }

    /// Whether the keys may still be used.
    func areUsable(at now: MonotonicInstant) -> Bool { usableUntil.map { now < $0 } ?? false }

    /// Whether it is time to fetch them in any case: there are none or they are old, and the last failure is long
    /// enough ago.
    func isDue(at now: MonotonicInstant) -> Bool {
        if let fetchedAt, now < fetchedAt + timing.refresh { return false }
        guard failuresInRow > 0, let lastAttempt else { return true }
        let pause = timing.retry * (1 << min(failuresInRow - 1, 20))
        return now >= lastAttempt + min(pause, timing.unknownKeyPause)
    }

    /// Whether a key may be asked for that the set does not have.
    func maySeek(_ id: String?, at now: MonotonicInstant, isFetching: Bool) -> Bool {
        if let end = misses[id ?? ""], now < end { return false }
        return isFetching || lastAttempt.map { now >= $0 + timing.unknownKeyPause } ?? true
    }

    mutating func begin(at now: MonotonicInstant) {
        lastAttempt = now
        fetches += 1
    }

    mutating func succeed(at now: MonotonicInstant) {
        fetchedAt = now
        usableUntil = now + timing.lifetime
        failuresInRow = 0
    }

    mutating func fail() {
        failures += 1
        failuresInRow += 1
    }

    /// Remembers that the issuer does not know a key. When as many are remembered as may be, this one is not: the
    /// pause between two fetches holds all the same.
    mutating func remember(missing id: String?, at now: MonotonicInstant) {
        if misses.count >= timing.rememberedMisses { misses = misses.filter { now < $0.value } }
        guard misses.count < timing.rememberedMisses else { return }
        misses[id ?? ""] = now + timing.negative
    }
}
