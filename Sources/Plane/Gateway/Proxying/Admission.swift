import HTTP
import Reactor
import Telemetry

/// Whether a request may go on: who asks, how often, and how many at once.
struct Admission {
    let route: GatewayRoute
    let client: ClientAddress
    /// Who asks, where that was asked; nil on an open route.
    let identity: EdgeIdentity?

    /// The request's bucket in zones of a kind; nil where it has none, and the zone does not apply.
    func key(_ kind: RateLimit.KeyKind) -> RateKey? {
        switch kind {
        case .client: client.address.map { RateKey(client: $0) }
        case .route: route.key
        case .subject: identity.map { RateKey($0.principal.subject.utf8.span, kind: .subject) }
        case .tenant: identity?.principal.tenant.map { RateKey($0.utf8.span, kind: .tenant) }
        case .apiKey:
            if case .apiKey(let id) = identity?.credential {
                RateKey(id.utf8.span, kind: .apiKey)
            } else {
                nil
            }
        }
    }

    /// Whom a bound for each caller counts: a subject, and an address where nobody is known.
    private var caller: RateKey? { key(.subject) ?? key(.client) }

    /// Takes the request's part of every rate; nil where the route has none.
    ///
    /// - Throws: ``LimitRefusal``.
    func takeRate(at now: MonotonicInstant) throws(LimitRefusal) -> RateLimitZones.Outcome? {
        guard let zones = route.zones else { return nil }
        let outcome = zones.take(at: now, key: key)
        guard outcome.isAllowed else { throw .rateLimited(zones, outcome) }
        return outcome
    }

    /// Gives back what the request took of the rates, since it was refused for another cause.
    func returnRate() { route.zones?.refund(key: key) }

    /// Takes the request's places; nil where the route bounds nothing.
    ///
    /// - Throws: ``LimitRefusal``: the caller's own bound comes first.
    func takePlaces() throws(LimitRefusal) -> Places? {
        guard route.inFlight != nil || route.inFlightPerCaller != nil else { return nil }
        let places = Places()
        if let limit = route.inFlightPerCaller, let caller {
            guard let lease = limit.enter(caller) else { throw .callerInFlight }
            places.hold(lease)
        }
        if let limit = route.inFlight {
            guard let lease = limit.enter() else { throw .overloaded }
            places.hold(lease)
        }
        return places
    }
}
