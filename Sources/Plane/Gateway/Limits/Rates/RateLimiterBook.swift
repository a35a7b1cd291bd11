import Synchronization

/// The limiters by zone, through changes of the configuration: a zone whose policy stays keeps its buckets.
final class RateLimiterBook: Sendable {
    private struct State {
        var limiters: [String: RateLimiter] = [:]
        var gateways = 1
    }

    private let state = Mutex(State())
    private let capacity: Int

    /// Makes an empty book whose zones hold at least `capacity` keys each.
    init(capacity: Int = RateLimiter.defaultCapacity) { self.capacity = capacity }

    /// Takes the zones of a new configuration and returns their limiters in this order.
    ///
    /// A zone with another policy begins with full buckets; one that is missing is forgotten. Of two policies with one name
    /// the last counts for both: the configuration refuses such before.
    func adopt(_ limits: [RateLimit]) -> [RateLimiter] {
        state.withLock { state in
            var limiters: [String: RateLimiter] = [:]
            for limit in limits {
                let known = state.limiters[limit.name]
                let limiter = known?.limit == limit ? known : nil
                limiters[limit.name] = limiter ?? RateLimiter(limit, capacity: capacity, replacing: known)
                limiters[limit.name]?.setShare(of: state.gateways)
            }
            state.limiters = limiters
            return limits.compactMap { limiters[$0.name] }
        }
    }

    /// The limiters in force, by zone.
    var limiters: [String: RateLimiter] { state.withLock { $0.limiters } }

    /// Puts earlier ones in force again.
    func restore(_ limiters: [String: RateLimiter]) {
        state.withLock { state in
            state.limiters = limiters
            for limiter in limiters.values { limiter.setShare(of: state.gateways) }
        }
    }

    /// All limiters, by name.
    var all: [RateLimiter] {
        state.withLock { $0.limiters.values.sorted { $0.limit.name < $1.limit.name } }
    }

    /// Says how many gateways live, this one included; see ``RateLimiter/setShare(of:)``.
    func setShare(of gateways: Int) {
        state.withLock { state in
            state.gateways = max(1, gateways)
            for limiter in state.limiters.values { limiter.setShare(of: gateways) }
        }
    }
}
