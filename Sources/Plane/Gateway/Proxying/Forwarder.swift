import Authentication
import HTTP
import Reactor
import Resilience
import Routing
import Telemetry

/// Answers the gateway's requests: finds the route, asks whether the client may, and passes the request on.
final class Forwarder: Sendable {
    private let book: RouteBook
    private let proxies: [AddressBlock]
    private let authenticator: EdgeAuthenticator
    private let cache: ResponseCache
    private let tunnels: OpenTunnels
    private let metrics: GatewayMetrics

    init(
        _ book: RouteBook,
        trusting proxies: [AddressBlock],
        _ authenticator: EdgeAuthenticator,
        _ cache: ResponseCache,
        _ tunnels: OpenTunnels,
        _ metrics: GatewayMetrics
    ) {
        self.book = book
        self.proxies = proxies
        self.authenticator = authenticator
        self.cache = cache
        self.tunnels = tunnels
        self.metrics = metrics
    }

    /// The largest content of a request, in bytes; nil for the server's own limit.
    func contentLimit(of head: HTTPRequestHead) -> Int? {
        guard case .route(let route, _) = book.table.find(head, end: head.pathByteCount) else { return nil }
        return route.declaration.bodyLimit
    }

    /// Answers a request.
    func respond(to request: HTTPRequest, observedBy telemetry: HTTPServerTelemetry) async -> HTTPResponse {
        let began = MonotonicInstant.now
        let end = request.head.pathByteCount
        guard !ReservedPaths.contains(request.head.targetBytes.span.extracting(0..<end)) else {
            return await telemetry.respond(to: request, on: nil) { throw refused(Self.noRoute) }
        }
        switch book.table.find(request.head, end: end) {
        case .route(let route, let captures):
            let match = RouteMatch(route: route, captures: captures, pathEnd: end, began: began)
            return await telemetry.respond(
                to: request,
                on: route.series(in: telemetry),
                within: match.timeLimit(of: request.head)
            ) {
                try await answer(request, match)
            }
        case .noMethod(let allowed):
            return await telemetry.respond(to: request, on: nil) {
                try withoutRoute(request.head, end, allowed)
            }
        case .nothing:
            return await telemetry.respond(to: request, on: nil) { throw refused(Self.noRoute) }
        }
    }

    // MARK: Without a route

    private static let noRoute = ProblemDetails(.notFound, reason: "no_route", isRetryable: false)

    /// A preflight is answered for the route of the method that it asks for; all else is 405.
    private func withoutRoute(
        _ head: HTTPRequestHead,
        _ end: Int,
        _ allowed: [HTTPMethod]
    ) throws -> HTTPResponse {
        if let method = CORS.requestedMethod(of: head) {
            var asked = head
            asked.method = method
            if case .route(let route, _) = book.table.find(asked, end: end), let cors = route.cors {
                return cors.preflight(head.fields)
            }
        }
        let names = Set(allowed.map(\.name)).union(allowed.contains(.get) ? ["HEAD"] : []).sorted()
        throw refused(
            ProblemDetails(
                .methodNotAllowed,
                reason: "method_not_allowed",
                isRetryable: false,
                fields: [.allow: names.joined(separator: ", ")]
            )
        )
    }

    /// Counts a refusal.
    private func refused(_ problem: ProblemDetails) -> ProblemDetails {
        metrics.refused(problem.reason ?? "none")
        return problem
    }

    // MARK: With a route

    private func answer(_ request: HTTPRequest, _ match: RouteMatch) async throws -> HTTPResponse {
        let cors = match.route.cors
        if let cors, CORS.requestedMethod(of: request.head) != nil {
            return cors.preflight(request.head.fields)
        }
        do {
            var response = try await admitted(request, match)
            // What switches the protocol is the tunnel's to say.
            guard response.head.status != .switchingProtocols else { return response }
            response.head.fields = AnswerFields.outgoing(response.head.fields, of: response.head.status)
            cors?.decorate(&response.head.fields, for: request.head.fields)
            return response
        } catch let error as any ProblemConvertible {
            guard var problem = error.problem else { throw error }
            // A page may read why it was refused.
            cors?.decorate(&problem.fields, for: request.head.fields)
            throw refused(problem)
        }
    }

    private func admitted(_ request: HTTPRequest, _ match: RouteMatch) async throws -> HTTPResponse {
        let route = match.route
        let admission = Admission(
            route: route,
            client: ClientAddress(of: request.head.fields, from: request.remoteAddress, trusting: proxies),
            identity: try await identity(of: request.head, for: route)
        )
        let outcome: RateLimitZones.Outcome?
        let places: Places?
        do throws(LimitRefusal) {
            outcome = try admission.takeRate(at: match.began)
            places = try admission.takePlaces()
        } catch {
            if let identity = admission.identity {
                Context.current.record?.setSubject(identity.principal.subject)
            }
            throw error
        }
        var response = try await passed(request, match, admission)
        if let places { response = places.held(by: response) }
        if let outcome, let zones = route.zones {
            zones.appendRateLimit(outcome, to: &response.head.fields)
            zones.appendPolicy(to: &response.head.fields)
        }
        return response
    }

    /// Who asks; nil on an open route, where nobody is asked.
    private func identity(of head: HTTPRequestHead, for route: GatewayRoute) async throws -> EdgeIdentity? {
        guard let authorization = route.authorization else { return nil }
        let identity = try await authenticator.identity(of: head)
        if let refusal = authorization.refusal(of: identity?.principal) {
            if let identity { Context.current.record?.setSubject(identity.principal.subject) }
            throw refusal
        }
        return identity
    }

    private func passed(
        _ request: HTTPRequest,
        _ match: RouteMatch,
        _ admission: Admission
    ) async throws -> HTTPResponse {
        guard let upstream = match.route.upstream else { return match.redirect(request.head) }
        var outgoing = try await request.retryable()
        outgoing.head.targetBytes = match.target(of: request.head)
        outgoing.head.fields = ForwardedFields(client: admission.client, peer: request.remoteAddress)
            .outgoing(request.head.fields) { [authenticator] in authenticator.isOwned($0) }
        if let identity = admission.identity { outgoing.head.fields.append(contentsOf: identity.fields) }
        outgoing.body = outgoing.body.droppingTrailers { [authenticator] name in
            ForwardedFields.isDroppedTrailer(name) || authenticator.isOwned(name)
        }
        let call = UpstreamCall(upstream, match, admission.identity?.principal.subject, metrics)
        if upstream.takesWebSockets, OpenTunnels.isWanted(by: request) {
            SocketToken.move(in: &outgoing.head.fields)
            OpenTunnels.ask(in: &outgoing.head)
            return tunnels.response(to: try await call.upgrade(outgoing))
        }
        var response: HTTPResponse
        if upstream.isCached {
            response = try await cache.respond(
                to: outgoing,
                route: match.route.declaration.id,
                deadline: Deadline(at: Context.current.deadline)
            ) { try await call.send($0) }
        } else {
            response = try await call.send(outgoing)
            if !request.head.method.isSafe { cache.noteUnsafe(outgoing.head, response.head) }
        }
        if OpenTunnels.isEventStream(response) { response.body = tunnels.eventStream(response.body) }
        return response
    }
}

extension HTTPRequestHead {
    /// How many of the target's bytes are its path.
    var pathByteCount: Int {
        let target = targetBytes.span
        var end = 0
        while end < target.count, target[end] != UInt8(ascii: "?") { end += 1 }
        return end
    }
}

extension HTTPRequest {
    /// How large a content may be to be held here, so that a failed attempt can be made again.
    private static let heldByteCount = 64 * 1024

    /// The same with a small content gathered.
    ///
    /// - Throws: what is wrong with the content.
    fileprivate func retryable() async throws -> HTTPRequest {
        guard body.whole == nil, let length = body.length, length <= Self.heldByteCount else { return self }
        var request = self
        request.body = HTTPBody(try await body.collect(upTo: Self.heldByteCount))
        return request
    }
}
