import Synchronization

/// A bound on what each caller has in flight at once.
///
/// Only callers with something in flight are kept, so there are never more than requests in flight, which the connections
/// bound.
final class InFlightByKey: InFlightCount {
    private struct Counts {
        var byKey: [UInt64: Int] = [:]
        var refused: UInt64 = 0
    }

    private final class Stripe: Sendable {
        let counts = Mutex(Counts())
    }

    /// The bound for each caller.
    let most: Int
    private let stripes: [Stripe]

    /// Makes a bound of at least 1.
    init(_ most: Int) {
        self.most = max(1, most)
        stripes = (0..<16).map { _ in Stripe() }
    }

    /// Takes a place for a caller, which the lease gives back; nil at the bound.
    func enter(_ key: RateKey) -> InFlightLease? {
        let entered = stripe(of: key.hash).counts.withLock { counts in
            guard counts.byKey[key.hash, default: 0] < most else {
                counts.refused += 1
                return false
            }
            counts.byKey[key.hash, default: 0] += 1
            return true
        }
        return entered ? InFlightLease(of: self, key: key.hash) : nil
    }

    /// Callers with something in flight.
    var callerCount: Int { stripes.reduce(0) { $0 + $1.counts.withLock { $0.byKey.count } } }
    /// Places taken by all callers.
    var count: Int { stripes.reduce(0) { $0 + $1.counts.withLock { $0.byKey.values.reduce(0, +) } } }
    /// Requests that were refused.
    var refused: UInt64 { stripes.reduce(0) { $0 + $1.counts.withLock { $0.refused } } }

    func leave(_ key: UInt64) {
        stripe(of: key).counts.withLock { counts in
            let left = counts.byKey[key, default: 1] - 1
            counts.byKey[key] = left > 0 ? left : nil
        }
    }

    private func stripe(of key: UInt64) -> Stripe { stripes[Int(key >> 60)] }
}
