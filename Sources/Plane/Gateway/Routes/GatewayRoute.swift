import HTTP
import Reactor
import Resilience
import Routing
import Synchronization
import Telemetry
import Vigie

/// A route as requests meet it: its declaration, and all that was made of it once.
@safe final class GatewayRoute: Sendable {
    /// What was declared.
    let declaration: RouteDeclaration
    /// Who declared it.
    let source: RouteSource
    /// Where its requests go; nil for a redirect.
    let upstream: UpstreamRoute?
    /// How pages of other origins may use it; nil for not at all.
    let cors: CORS?
    private let series = AtomicLazyReference<HTTPRouteSeries>()

    init(_ declaration: RouteDeclaration, from source: RouteSource, _ upstreams: Upstreams) throws(StartError)
    {
        self.declaration = declaration
        self.source = source
        cors = declaration.cors.map { CORS(policy: $0, methods: declaration.methods) }
        switch declaration.target {
        case .redirect: upstream = nil
        case .service(let target):
            upstream = UpstreamRoute(target, declaration.path.template, try upstreams.client(for: target))
        }
    }

    /// What telemetry knows of it.
    func series(in telemetry: HTTPServerTelemetry) -> HTTPRouteSeries {
        series.load() ?? series.storeIfNil(telemetry.series(declaration.path.template))
    }
}

/// The way of a route's requests to a service.
final class UpstreamRoute: Sendable {
    /// What was declared.
    let target: ServiceTarget
    /// Who sends them.
    let client: ServiceClient
    /// How requests are sent whose content is at hand.
    let call: CallRoute
    /// How those are sent whose content is still coming: nobody knows how long that takes, so only its progress is timed.
    let upload: CallRoute

    init(_ target: ServiceTarget, _ template: String, _ client: ServiceClient) {
        self.target = target
        self.client = client
        var retry = RetryPolicy()
        retry.attempts = target.attempts
        var timeouts = HTTPTimeouts()
        timeouts.connect = target.connectTimeout
        timeouts.attempt = target.attemptTimeout
        timeouts.idle = target.idleTimeout
        timeouts.totalCoversContent = false
        let make = { (isStream: Bool) in
            client.route(
                template,
                isIdempotent: target.isIdempotent,
                isStream: isStream,
                retry: retry,
                hedge: isStream ? nil : target.hedge,
                timeouts: timeouts
            )
        }
        call = make(target.isStream)
        upload = make(true)
    }
}
