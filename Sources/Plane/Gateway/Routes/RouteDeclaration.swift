import HTTP
import Routing
import Vigie

/// A route of the gateway as somebody declared it: what requests it is for, and what becomes of them.
struct RouteDeclaration: Sendable, Hashable {
    /// What becomes of a request.
    enum Target: Sendable, Hashable {
        /// An instance of a service answers it.
        case service(ServiceTarget)
        /// The client is sent elsewhere.
        case redirect(Redirect)
    }

    /// Names it among all routes, in metrics of refusals and on the admin interface.
    var id: String
    /// Which hosts it is for.
    var host = HostPattern.any
    /// Which paths.
    var path: PathPattern
    /// Which methods; empty for all. HEAD is among them where GET is.
    var methods: [HTTPMethod] = []
    /// What its fields must say, all of it.
    var headers: [HeaderRule] = []
    /// What becomes of a request.
    var target: Target
    /// Who may ask. Routes are closed unless they say otherwise.
    var authorization = Authorization.authenticated
    /// The rate limits that it counts for, by name.
    var rates: [String] = []
    /// The largest content of a request, in bytes.
    var bodyLimit = 1 << 20
    /// How many requests may be in flight, and how many of one caller; nil for as many as come.
    var inFlight: Int?
    var inFlightPerCaller: Int?
    /// Which other origins' pages may use it; nil for none.
    var cors: CORSPolicy?
}

/// How a route's requests are passed to a service.
struct ServiceTarget: Sendable, Hashable {
    /// The service's name in the registry.
    var service: ServiceName
    /// How the path changes on the way.
    var rewrite = PathRewrite.none
    /// Tags that an instance must have, all of them.
    var tags: Set<String> = []
    /// The part of the requests that canaries get together, 0 to 1; nil: as many as their weights say.
    var canaryShare: Double?
    /// From the request to the head of the answer, all attempts together; then 504.
    var timeout = Duration.seconds(15)
    /// How long one attempt may take to the head of its answer.
    var attemptTimeout = Duration.seconds(3)
    /// How long connecting may take.
    var connectTimeout = Duration.milliseconds(500)
    /// How long a content may make no progress, in either direction.
    var idleTimeout = Duration.seconds(60)
    /// Attempts in all, the first one included.
    var attempts = 3
    /// Behind what time a second instance is asked, too; nil for never. For safe methods alone.
    var hedge: Duration?
    /// Whether the service keeps first answers by `Idempotency-Key`: then such requests may be sent twice.
    var isIdempotent = false
    /// Whether its answers are event streams or watches: no time limit but `idleTimeout`.
    var isStream = false
    /// The protocols that clients may switch to, in lower case: `websocket`.
    var upgrades: [String] = []
    /// Whether answers may be kept as their `Cache-Control` says.
    var isCached = false
    /// The largest content of an answer, in bytes; nil for any. One that turns out larger is cut.
    var answerLimit: Int?
}

/// Where a route sends its clients.
struct Redirect: Sendable, Hashable {
    /// A path of the route's parameters, or the beginning of another origin with it: `https://example.com/new/{id}`.
    var origin: String
    /// The path, with the route's parameters.
    var path: PathRewrite
    /// 301, 302, 303, 307 or 308.
    var status: HTTPStatus
}
