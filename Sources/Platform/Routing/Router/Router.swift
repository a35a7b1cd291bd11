public import HTTP
public import Telemetry

/// Finds the route of each request, checks what the route asks for, and calls its handler.
///
/// - The path decides first, then the method: literal text comes before a parameter, a parameter before a rest, segment
///   by segment. A path without routes is 404; one without this method is 405 with `Allow`.
/// - HEAD is served by GET's route; OPTIONS is answered for each path, and for `*`.
/// - No declared path ends with a slash. A request's path that would match without its last one is redirected there with
///   308, which keeps method and content.
/// - Then, in this order: who calls (401, 403), what was sent before (`Idempotency-Key`), the handler's parameters.
public final class Router: Sendable {
    /// The routes' names, at their ``RouteID/index``.
    public let names: [HTTPRouteName]
    private let routes: [CompiledRoute]
    private let resources: [Resource]
    private let tree: RouteTree
    private let settings: RouterSettings

    /// Takes routes.
    ///
    /// - Throws: ``RoutingError``, naming every mistake in them.
    public init(
        settings: RouterSettings = RouterSettings(),
        @RoutesBuilder routes: () -> some Routes
    ) throws(RoutingError) {
        let declared = routes().all
        var plan = RoutePlan(settings)
        for route in declared { plan.add(route) }
        if let info = settings.openAPI { plan.add(OpenAPIDocument.route(info, declared, settings)) }
        (self.routes, resources, tree) = try plan.finish()
        self.settings = settings
        names = self.routes.map(\.name)
    }

    /// Tells a server of the routes' limits and times.
    public func configure(_ server: inout HTTPServerSettings) {
        let contentByteCount = server.contentByteCount
        server.contentByteCountOf = { [self] head in route(of: head)?.bodyLimit ?? contentByteCount }
        let shortest = routes.compactMap(\.timeout).min()
        let standard = server.requestTimeout
        guard shortest != nil || settings.callerLimit != nil else { return }
        server.requestTimeouts = .init(shortest: shortest ?? standard) { [self] head in
            let own = shortest == nil ? nil : route(of: head)?.timeout
            guard let limit = settings.callerLimit?(head) else { return own }
            return min(own ?? standard, limit)
        }
    }

    /// The route that serves a request; nil without one.
    public func routeID(of head: HTTPRequestHead) -> RouteID? { route(of: head)?.id }

    /// Whether a request's path is one of the routes', for any method.
    package func hasPath(of head: HTTPRequestHead) -> Bool {
        var captures = PathCaptures()
        let target = head.targetBytes.span
        return tree.find(target, end: Self.endOfPath(target), &captures) != nil
    }

    private static func endOfPath(_ target: Span<UInt8>) -> Int {
        var end = 0
        while end < target.count, target[end] != UInt8(ascii: "?") { end += 1 }
        return end
    }

    private func route(of head: HTTPRequestHead) -> CompiledRoute? {
        var captures = PathCaptures()
        guard case .route(let route) = find(head, &captures) else { return nil }
        return route
    }

    /// Answers a request: the handler for `HTTPServer`.
    ///
    /// - Throws: what a handler threw that is no answer.
    @Sendable public func respond(to request: HTTPRequest) async throws -> HTTPResponse {
        var captures = PathCaptures()
        let found = find(request.head, &captures)
        return try await answer(request, found, captures)
    }

    /// Answers a request in a context of its own, measured, traced and logged by `telemetry`, which knows ``names``.
    ///
    /// - Parameters:
    ///   - request: what came.
    ///   - telemetry: what is told of it.
    ///   - limit: how long it may take where its route does not say; its caller may leave it less.
    /// - Returns: the answer, to errors too.
    public func respond(
        to request: HTTPRequest,
        observedBy telemetry: HTTPServerTelemetry,
        within limit: Duration
    ) async -> HTTPResponse {
        var captures = PathCaptures()
        let found = find(request.head, &captures)
        let place = captures
        var time = found.route?.timeout ?? limit
        if let limit = settings.callerLimit?(request.head) { time = min(time, limit) }
        return await telemetry.respond(to: request, route: found.route?.id.index, within: time) {
            try await answer(request, found, place)
        }
    }

    // MARK: Finding

    /// What there is for a request.
    private enum Found {
        case route(CompiledRoute)
        case noMethod(allow: String)
        case options(allow: String)
        case slashTooMuch
        case nothing

        var route: CompiledRoute? { if case .route(let route) = self { route } else { nil } }
    }

    private func find(_ head: HTTPRequestHead, _ captures: inout PathCaptures) -> Found {
        let target = head.targetBytes.span
        let end = Self.endOfPath(target)
        if let resource = tree.find(target, end: end, &captures) {
            if let route = resources[resource].route(for: head.method) { return .route(routes[route]) }
            let allow = resources[resource].allow
            return head.method == .options ? .options(allow: allow) : .noMethod(allow: allow)
        }
        return findOther(head, end)
    }

    private func findOther(_ head: HTTPRequestHead, _ end: Int) -> Found {
        let target = head.targetBytes.span
        if head.method == .options, end == 1, target[0] == UInt8(ascii: "*") {
            return .options(allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
        }
        var captures = PathCaptures()
        guard end > 1, target[end - 1] == UInt8(ascii: "/"),
            tree.find(target, end: end - 1, &captures) != nil
        else { return .nothing }
        return .slashTooMuch
    }

    // MARK: Answering

    private func answer(
        _ request: HTTPRequest,
        _ found: Found,
        _ captures: PathCaptures
    ) async throws -> HTTPResponse {
        do {
            switch found {
            case .route(let route): return try await call(route, request, captures)
            case .options(let allow): return HTTPResponse(.noContent, fields: [.allow: allow])
            case .slashTooMuch: return Self.redirect(request.head)
            case .noMethod(let allow):
                throw Problem(.methodNotAllowed, reason: "method_not_allowed", fields: [.allow: allow])
            case .nothing: throw Problem(.notFound, reason: "no_route")
            }
        } catch let error as any ProblemConvertible {
            guard let problem = error.problem else { throw error }
            return response(to: problem, request.head)
        }
    }

    private func call(
        _ route: CompiledRoute,
        _ request: HTTPRequest,
        _ captures: PathCaptures
    ) async throws -> HTTPResponse {
        var principal: Principal?
        if !route.authorization.isOpen {
            principal = try await settings.authenticate?(request.head)
            if let refusal = route.authorization.refusal(of: principal) { throw refusal }
        }
        let request = Request(http: request, route: route.id, principal: principal)
        guard let principal else { return try await run(route, request, captures) }
        Context.current.record?.setSubject(principal.subject)
        return try await Context.with(Context.current.with { $0.principal = principal }) {
            try await run(route, request, captures)
        }
    }

    private func run(
        _ route: CompiledRoute,
        _ request: Request,
        _ captures: PathCaptures
    ) async throws -> HTTPResponse {
        if route.isIdempotent, let store = settings.idempotency,
            let key = request.fields["idempotency-key"]
        {
            return try await Idempotency.answer(request, key, route, store) { request in
                var call = RouteCall(request, route, captures, settings.uploads)
                return try await route.endpoint(&call)
            }
        }
        var call = RouteCall(request, route, captures, settings.uploads)
        return try await route.endpoint(&call)
    }

    private func response(to problem: Problem, _ head: HTTPRequestHead) -> HTTPResponse {
        var problem = problem
        problem.instance = problem.instance ?? head.path
        let span = Context.current.span.context
        if problem.traceID == nil, span.isValid { problem.traceID = "\(span.traceID)" }
        return problem.response()
    }

    /// The same without the last slash. It names a declared path, so it can't begin with two slashes, which would name a
    /// host.
    private static func redirect(_ head: HTTPRequestHead) -> HTTPResponse {
        var location = Array(head.pathBytes.dropLast())
        location += head.targetBytes[head.pathBytes.endIndex...]
        return HTTPResponse(
            .permanentRedirect,
            fields: [.location: String(decoding: location, as: UTF8.self)]
        )
    }
}
