import Authentication
import Configuration
import HTTP
import Reactor
import Resilience
import Routing
import Startup
import Telemetry

/// A service's two servers: for everybody, and for those who operate it.
struct Listeners: Sendable {
    let service: HTTPServer
    let admin: HTTPServer
    /// A hash of what the service answers: instances with another one have other routes.
    let routesHash: String

    /// Begins to listen.
    ///
    /// - Throws: `RoutingError` naming every mistake in the routes; `SystemError` naming the address.
    static func open(
        _ runtime: ServiceRuntime,
        _ setup: ServiceSetup,
        _ authenticator: TokenAuthenticator?,
        _ routes: some Routes
    ) async throws -> Listeners {
        let (service, hash) = try await openService(runtime, setup, authenticator, routes)
        do {
            let admin = try await openAdmin(runtime, setup.noted.administration)
            return Listeners(service: service, admin: admin, routesHash: hash)
        } catch {
            _ = await service.drain()
            throw error
        }
    }

    /// Answers what is in flight; the admin listener ends last.
    func drain() async -> HTTPServer.DrainResult {
        let result = await service.drain()
        _ = await admin.drain()
        return result
    }

    private static func openService(
        _ runtime: ServiceRuntime,
        _ setup: ServiceSetup,
        _ authenticator: TokenAuthenticator?,
        _ routes: some Routes
    ) async throws -> (HTTPServer, routesHash: String) {
        let (identity, telemetry, group) = (runtime.identity, runtime.telemetry, runtime.group)
        let options = runtime.configuration[ServerOptions.self]
        var settings = RouterSettings()
        if let authenticator { settings.authenticate = { try await authenticator.principal(of: $0) } }
        settings.idempotency = setup.noted.idempotency ?? MemoryIdempotencyStore()
        settings.uploads = UploadSettings(pool: group.blocking)
        settings.openAPI = OpenAPIInfo(title: identity.name.name, version: identity.version)
        settings.callerLimit = { head in callerLimit(of: head, options.http.requestTimeout) }
        let platform = PlatformRoutes(
            report: HealthReport(identity: identity, board: setup.board),
            metrics: telemetry.metrics,
            group: group
        )
        let router = try Router(settings: settings) {
            platform.routes
            routes
        }
        var observed = HTTPServerTelemetry.Settings()
        observed.tracer = telemetry.tracer
        observed.accessLog = telemetry.logs
        observed.logger = setup.logger
        // At the edge, whose clients may have begun no trace.
        observed.tellsTrace = setup.noted.forwarding != nil
        if runtime.configuration[TraceOptions.self].acceptsB3 { observed.format = .w3cOrB3 }
        let server = try HTTPServerTelemetry(telemetry.metrics, routes: router.names, settings: observed)
        var http = options.http
        http.report = { server.note($0) }
        router.configure(&http)
        let limit = http.requestTimeout
        let routed: HTTPHandler = { request in
            await router.respond(to: request, observedBy: server, within: limit)
        }
        // No `map`: a function that went through generic code would come back in wrappers that each request pays for.
        let handler: HTTPHandler
        if let forwarding = setup.noted.forwarding {
            handler = forward(forwarding, beside: router, server, routed, &http)
        } else {
            handler = routed
        }
        let started = try await HTTPServer.start(
            at: runtime.address,
            on: group,
            settings: http,
            handler: handler
        )
        return (started, hash(router.names))
    }

    /// Has what the router does not serve forwarded.
    private static func forward(
        _ forwarding: Forwarding,
        beside router: Router,
        _ telemetry: HTTPServerTelemetry,
        _ routed: @escaping HTTPHandler,
        _ http: inout HTTPServerSettings
    ) -> HTTPHandler {
        let (ownLimit, limit) = (http.contentByteCountOf, http.contentByteCount)
        http.contentByteCountOf = { head in
            router.hasPath(of: head) ? ownLimit?(head) ?? limit : forwarding.contentLimit(head) ?? limit
        }
        http.limits.takesUnderscores = false
        http.requestTimeout = unlimited
        let own = Forwarding.Own(takes: { router.hasPath(of: $0) }, respond: routed)
        return forwarding.handler(own, telemetry)
    }

    /// As long as a forwarded request may take where its route sets no limit.
    private static let unlimited = Duration.seconds(366 * 86_400)

    /// FNV-1a with 64 bits over the declared methods and paths, in hexadecimal digits.
    private static func hash(_ names: [HTTPRouteName]) -> String {
        let text = names.map(\.description).sorted().joined(separator: "\n")
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }

    /// The time that the caller leaves us, by its field.
    private static func callerLimit(of head: HTTPRequestHead, _ limit: Duration) -> Duration? {
        guard let value = head.fields.value(of: deadlineField) else { return nil }
        let now = MonotonicInstant.now
        return Deadline(fieldValue: value.span, limit: limit, from: now)?.remaining(at: now)
    }

    private static let deadlineField: HTTPFieldName = "x-request-deadline-ms"

    private static func openAdmin(
        _ runtime: ServiceRuntime,
        _ more: RouteList
    ) async throws -> HTTPServer {
        let options = runtime.configuration[AdminOptions.self]
        let lock = AdminGuard(token: options.token)
        var settings = RouterSettings()
        settings.authenticate = { lock.principal(of: $0) }
        let telemetry = runtime.telemetry
        let admin = AdminRoutes(levels: telemetry.logs.levels, logger: Logger("admin", to: telemetry.logs))
        let router = try Router(settings: settings) {
            admin.routes
            more
        }
        var http = HTTPServerSettings()
        (http.drainTimeout, http.drainIdleTimeout) = (.seconds(1), .zero)
        router.configure(&http)
        return try await HTTPServer.start(
            at: options.address,
            on: runtime.group,
            settings: http,
            handler: router.respond
        )
    }
}
