import Synchronization

/// A bound on what is in flight at once in one place: a route, or the process.
final class InFlightLimit: InFlightCount {
    /// The bound.
    let most: Int
    private let inFlight = Atomic<Int>(0)
    private let refusals = Atomic<UInt64>(0)

    /// Makes a bound of at least 1.
    init(_ most: Int) { self.most = max(1, most) }

    /// Takes a place, which the lease gives back; nil at the bound.
    func enter() -> InFlightLease? {
        guard inFlight.add(1, ordering: .relaxed).newValue <= most else {
            inFlight.subtract(1, ordering: .relaxed)
            refusals.add(1, ordering: .relaxed)
            return nil
        }
        return InFlightLease(of: self, key: 0)
    }

    /// Places taken now; for a moment more than the bound while one is refused.
    var count: Int { inFlight.load(ordering: .relaxed) }
    /// Requests that were refused.
    var refused: UInt64 { refusals.load(ordering: .relaxed) }

    func leave(_ key: UInt64) { inFlight.subtract(1, ordering: .relaxed) }
}
