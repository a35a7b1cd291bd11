import HTTP
import Reactor
import Routing
import Synchronization
import Telemetry
import Vigie

/// A route as requests meet it: its declaration, and all that was made of it once.
final class GatewayRoute: Sendable {
    /// What was declared.
    let declaration: RouteDeclaration
    /// The largest content of a request, in bytes.
    let bodyLimit: Int
    private let methods: [HTTPMethod]
    /// Who declared it.
    let source: RouteSource
    /// What a request's fields must say.
    let headers: [HeaderRule]
    /// Who may ask; nil for everybody.
    let authorization: Authorization?
    /// How often; nil for as often as they like.
    let zones: RateLimitZones?
    /// The route's own bucket in zones by route.
    let key: RateKey
    /// How many at once; nil for as many as come.
    let inFlight: InFlightLimit?
    /// How many of one caller at once; nil for as many as come.
    let inFlightPerCaller: InFlightByKey?
    /// How pages of other origins may use it; nil for not at all.
    let cors: CORS?
    /// Where its requests go; nil for a redirect.
    let upstream: UpstreamRoute?
    private let series = Mutex<HTTPRouteSeries?>(nil)

    /// Settles what a declaration names.
    ///
    /// - Throws: ``StartError`` for a rate that there is not, or a service of which nobody says where it is.
    init(
        _ declaration: RouteDeclaration,
        from source: RouteSource,
        _ upstreams: Upstreams,
        _ limits: RouteLimits
    ) throws(StartError) {
        self.declaration = declaration
        self.source = source
        bodyLimit = declaration.bodyLimit
        methods = declaration.methods
        headers = declaration.headers
        authorization = declaration.authorization.isOpen ? nil : declaration.authorization
        zones = try limits.zones(declaration.rates)
        key = RateKey(Array(declaration.id.utf8).span, kind: .route)
        inFlight = declaration.inFlight.map { limits.inFlight(of: declaration.id, $0) }
        inFlightPerCaller = declaration.inFlightPerCaller.map {
            limits.inFlightPerCaller(of: declaration.id, $0)
        }
        cors = declaration.cors.map { CORS(policy: $0, methods: declaration.methods) }
        switch declaration.target {
        case .redirect: upstream = nil
        case .service(let target):
            upstream = UpstreamRoute(
                target,
                of: declaration.id,
                declaration.path.template,
                try upstreams.client(for: target),
                limits.shedder(of: target.service)
            )
        }
    }

    /// Whether a request's fields are as it wants them.
    func matches(_ fields: HTTPFields) -> Bool {
        headers.isEmpty || headers.allSatisfy { $0.matches(fields) }
    }

    /// Whether a request with this method is its business. Asked for each: a declaration costs more to look into.
    func serves(_ method: HTTPMethod) -> Bool {
        methods.isEmpty || methods.contains(method) || method == .head && methods.contains(.get)
    }

    /// What telemetry knows of it.
    func series(in telemetry: HTTPServerTelemetry) -> HTTPRouteSeries {
        series.withLock { series in
            if let series { return series }
            let new = telemetry.series(declaration.path.template)
            series = new
            return new
        }
    }
}
