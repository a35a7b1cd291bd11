import Resilience
import Synchronization
import Vigie

/// The limits that routes name or ask for, through changes of the routes: what stays as it is keeps its counts.
final class RouteLimits: Sendable {
    fileprivate struct State {
        var zones: [String: RateLimiter] = [:]
        var routes: [String: InFlightLimit] = [:]
        var callers: [String: InFlightByKey] = [:]
        var shedders: [ServiceName: LoadShedder] = [:]
    }

    private let book = RateLimiterBook()
    private let state = Mutex(State())

    /// Puts the zones of a new document in the place of those before.
    func adopt(_ limits: [RateLimit]) {
        let limiters = book.adopt(limits)
        state.withLock { state in
            state.zones = Dictionary(limiters.map { ($0.limit.name, $0) }) { first, _ in first }
        }
    }

    /// All that routes name or ask for at one moment.
    struct Snapshot {
        fileprivate let state: State
        fileprivate let limiters: [String: RateLimiter]
    }

    /// What there is now.
    var snapshot: Snapshot { Snapshot(state: state.withLock { $0 }, limiters: book.limiters) }

    /// Takes back what routes made since then that are not taken: those in force keep theirs, with their counts.
    func restore(_ snapshot: Snapshot) {
        state.withLock { $0 = snapshot.state }
        book.restore(snapshot.limiters)
    }

    /// Says how many gateways live, this one included.
    func setShare(of gateways: Int) { book.setShare(of: gateways) }

    /// The zones of a route; nil for none.
    ///
    /// - Throws: ``StartError`` naming one that there is not.
    func zones(_ names: [String]) throws(StartError) -> RateLimitZones? {
        let known = state.withLock { $0.zones }
        guard !names.isEmpty else { return nil }
        var limiters: [RateLimiter] = []
        for name in names {
            guard let limiter = known[name] else {
                let all = known.keys.sorted().joined(separator: ", ")
                throw StartError("there is no rate `\(name)`\(all.isEmpty ? "" : "; there are \(all)")")
            }
            limiters.append(limiter)
        }
        return RateLimitZones(limiters)
    }

    /// The bound on a route's requests in flight.
    func inFlight(of route: String, _ most: Int) -> InFlightLimit {
        state.withLock { state in
            if let known = state.routes[route], known.most == most { return known }
            let limit = InFlightLimit(most)
            state.routes[route] = limit
            return limit
        }
    }

    /// The bound on each caller's requests of a route in flight.
    func inFlightPerCaller(of route: String, _ most: Int) -> InFlightByKey {
        state.withLock { state in
            if let known = state.callers[route], known.most == most { return known }
            let limit = InFlightByKey(most)
            state.callers[route] = limit
            return limit
        }
    }

    /// Sheds load before a service.
    func shedder(of service: ServiceName) -> LoadShedder {
        state.withLock { state in
            if let known = state.shedders[service] { return known }
            var settings = GradientLimitSettings()
            // A start under full load is no overload; from here the limit follows what it sees.
            (settings.initial, settings.most) = (1_000, 10_000)
            // A service of 2 ms with a queue of 20 ms before it serves as many as it can: nobody is to be refused for that.
            settings.unnoticed = .milliseconds(100)
            let shedder = LoadShedder(service: service.name, settings)
            state.shedders[service] = shedder
            return shedder
        }
    }

    /// Forgets the bounds of all but these routes, and the load of services that none of them leads to.
    func keep(_ routes: [GatewayRoute]) {
        let ids = Set(routes.map(\.declaration.id))
        let services = Set(
            routes.compactMap { route in
                if case .service(let target) = route.declaration.target { target.service } else { nil }
            }
        )
        state.withLock { state in
            state.routes = state.routes.filter { ids.contains($0.key) }
            state.callers = state.callers.filter { ids.contains($0.key) }
            state.shedders = state.shedders.filter { services.contains($0.key) }
        }
    }

    /// What is told of all this.
    var metrics: LimitMetrics {
        LimitMetrics(
            zones: { [book] in book.all },
            sharedZones: { [] },
            inFlight: { [self] in
                state.withLock { state in
                    state.routes.map { ($0.key, $0.value.count, $0.value.refused) }
                        + state.callers.map { ("\($0.key) caller", $0.value.count, $0.value.refused) }
                }
            },
            shedders: { [self] in state.withLock { Array($0.shedders.values) } }
        )
    }
}
