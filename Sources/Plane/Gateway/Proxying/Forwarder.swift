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
        return route.bodyLimit
    }

    /// Answers a request.
    func respond(to request: HTTPRequest, observedBy telemetry: HTTPServerTelemetry) async -> HTTPResponse {
        let began = MonotonicInstant.now
        let end = request.head.pathByteCount
        guard !ReservedPaths.contains(request.head.targetBytes.span.extracting(0..<end)) else {
            return await telemetry.respond(to: request, on: nil) { throw refused(Self.noRoute) }
        }
        if let (route, cors) = policy(for: request.head, end) {
            return await telemetry.respond(to: request, on: route.series(in: telemetry), at: began) {
                cors.preflight(request.head.fields)
            }
        }
        switch book.table.find(request.head, end: end) {
        case .route(let route, let captures):
            let match = RouteMatch(route: route, captures: captures, pathEnd: end, began: began)
            guard !match.leadsToReserved(request.head) else {
                return await telemetry.respond(to: request, on: nil) { throw refused(Self.noRoute) }
            }
            return await telemetry.respond(
                to: request,
                on: route.series(in: telemetry),
                at: began,
                within: match.timeLimit(of: request.head)
            ) {
                try await answer(request, match)
            }
        case .noMethod(let allowed):
            return await telemetry.respond(to: request, on: nil) {
                throw refused(Self.methodNotAllowed(allowed))
            }
        case .nothing:
            let problem = book.isIncomplete ? Self.routesUnknown : Self.noRoute
            return await telemetry.respond(to: request, on: nil) { throw refused(problem) }
        }
    }

    // MARK: Without a route

    private static let routesUnknown = ProblemDetails(
        .serviceUnavailable,
        detail: "the registry, which keeps some routes, has not been heard yet",
        reason: "routes_unknown",
        isRetryable: true,
        fields: [.retryAfter: "1"]
    )
    private static let noRoute = ProblemDetails(.notFound, reason: "no_route", isRetryable: false)

    private static func methodNotAllowed(_ allowed: [HTTPMethod]) -> ProblemDetails {
        let names = Set(allowed.map(\.name)).union(allowed.contains(.get) ? ["HEAD"] : []).sorted()
        return ProblemDetails(
            .methodNotAllowed,
            reason: "method_not_allowed",
            isRetryable: false,
            fields: [.allow: names.joined(separator: ", ")]
        )
    }

    /// What a preflight is answered by: the route of the method that it asks for has a say, and no other, such as one that takes
    /// `OPTIONS` and all else. Nil for other requests, and where that route lets no pages of other origins in.
    private func policy(for head: HTTPRequestHead, _ end: Int) -> (GatewayRoute, CORS)? {
        guard let method = CORS.requestedMethod(of: head) else { return nil }
        var asked = head
        asked.method = method
        guard case .route(let route, _) = book.table.find(asked, end: end), let cors = route.cors else {
            return nil
        }
        return (route, cors)
    }

    /// Counts a refusal.
    private func refused(_ problem: ProblemDetails) -> ProblemDetails {
        metrics.refused(problem.reason ?? "none")
        return problem
    }

    // MARK: With a route

    private func answer(_ request: HTTPRequest, _ match: RouteMatch) async throws -> HTTPResponse {
        let cors = match.route.cors
        do {
            let response = try await admitted(request, match)
            // What switches the protocol is the tunnel's to say.
            guard let cors, response.head.status != .switchingProtocols else { return response }
            return cors.decorated(response, for: request.head.fields)
        } catch let problem as ProblemDetails {
            throw refused(problem, request, cors)
        } catch let error as any ProblemConvertible {
            throw error.problem.map { refused($0, request, cors) } ?? error
        }
    }

    /// Counts a refusal, which a page may read as well.
    private func refused(_ problem: ProblemDetails, _ request: HTTPRequest, _ cors: CORS?) -> ProblemDetails {
        var problem = problem
        cors?.decorate(&problem.fields, for: request.head.fields)
        return refused(problem)
    }

    private func admitted(_ request: HTTPRequest, _ match: RouteMatch) async throws -> HTTPResponse {
        let route = match.route
        // Nil on an open route, where nobody is asked.
        var identity: EdgeIdentity?
        if route.authorization != nil {
            switch try authenticator.knownIdentity(of: request.head) {
            case .nobody: break
            case .known(let known): identity = known
            case .new(let token): identity = try await authenticator.identity(ofToken: token)
            }
            try authorize(identity, for: route)
        }
        let admission = Admission(
            route: route,
            client: ClientAddress(of: request.head.fields, from: request.remoteAddress, trusting: proxies),
            identity: identity
        )
        let outcome: RateLimitZones.Outcome?
        let places: Places?
        do throws(LimitRefusal) {
            outcome = try admission.takeRate(at: match.began)
            places = try admission.takePlaces()
        } catch {
            if case .rateLimited = error {} else { admission.returnRate() }
            if let identity = admission.identity {
                Context.current.record?.setSubject(identity.principal.subject)
            }
            throw error
        }
        var response: HTTPResponse
        do { response = try await passed(request, match, admission) } catch let error as LimitRefusal {
            admission.returnRate()
            throw error
        }
        // Before anything is added: with room for it, and out of reach of the upstream's `Connection`.
        if response.head.status != .switchingProtocols {
            response.head.fields = AnswerFields.outgoing(response.head.fields, of: response.head.status)
            if let rewrite = route.upstream?.rewrite { AnswerFields.place(&response.head.fields, rewrite) }
        }
        if let places { response = places.held(by: response) }
        if let outcome, let zones = route.zones {
            zones.appendRateLimit(outcome, to: &response.head.fields)
            zones.appendPolicy(to: &response.head.fields)
        }
        return response
    }

    /// Lets those through whom the route wants.
    private func authorize(_ identity: EdgeIdentity?, for route: GatewayRoute) throws {
        guard let refusal = route.authorization?.refusal(of: identity?.principal) else { return }
        if let identity { Context.current.record?.setSubject(identity.principal.subject) }
        throw refusal
    }

    private func passed(
        _ request: HTTPRequest,
        _ match: RouteMatch,
        _ admission: Admission
    ) async throws -> HTTPResponse {
        guard let upstream = match.route.upstream else { return match.redirect(request.head) }
        let body = request.body.length == 0 ? .empty : try await outgoingBody(request)
        let call = UpstreamCall(upstream, began: match.began, admission.identity?.principal.subject, metrics)
        if upstream.takesWebSockets, OpenTunnels.isWanted(by: request) {
            var outgoing = outgoing(request, match, admission, body)
            SocketToken.move(in: &outgoing.head.fields)
            OpenTunnels.ask(in: &outgoing.head)
            return tunnels.response(to: try await call.upgrade(outgoing))
        }
        if upstream.isCached {
            return watched(try await cached(outgoing(request, match, admission, body), upstream, call))
        }
        guard !request.head.method.isSafe else {
            // Handed over as it is made: who kept a copy would have the call copy the fields before it adds its own.
            // No variable: what is returned from one is copied first, part by part.
            let response = try await call.send(outgoing(request, match, admission, body))
            return response.body.isWhole ? response : watched(response)
        }
        let outgoing = outgoing(request, match, admission, body)
        let response = try await call.send(outgoing)
        cache.noteUnsafe(outgoing.head, response.head)
        return watched(response)
    }

    /// What is kept, or what the service answers; of that the content may be read before anything of it is passed on.
    private func cached(
        _ request: HTTPRequest,
        _ upstream: UpstreamRoute,
        _ call: UpstreamCall
    ) async throws -> HTTPResponse {
        do {
            return try await cache.respond(
                to: request,
                route: upstream.cacheScope,
                deadline: Deadline(at: Context.current.deadline)
            ) { try await call.send($0) }
        } catch  where error is HTTPClientError || error is AnswerTooLarge {
            throw ProblemDetails(answerFailed: error)
        }
    }

    /// An answer that is drained as a tunnel is, where it is a stream of events.
    private func watched(_ response: HTTPResponse) -> HTTPResponse {
        guard OpenTunnels.isEventStream(response) else { return response }
        var response = response
        response.body = tunnels.eventStream(response.body)
        return response
    }

    /// What goes upstream.
    private func outgoing(
        _ request: HTTPRequest,
        _ match: RouteMatch,
        _ admission: Admission,
        _ body: HTTPBody
    ) -> HTTPRequest {
        let fields = authenticator.outgoing(
            request.head.fields,
            from: request.remoteAddress,
            isForwarded: admission.client.isForwarded,
            for: admission.identity
        )
        return HTTPRequest(
            HTTPRequestHead(request.head.method, targetBytes: match.target(of: request.head), fields: fields),
            body: body
        )
    }

    private func outgoingBody(_ request: HTTPRequest) async throws -> HTTPBody {
        try await request.body.repeatable().droppingTrailers { [authenticator] name in
            ForwardedFields.isDroppedTrailer(name) || authenticator.isOwned(name)
        }
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

extension HTTPBody {
    /// How large a content may be to be held here, so that a failed attempt can be made again.
    private static let heldByteCount = 64 * 1024

    /// The same, gathered where it is small.
    ///
    /// - Throws: what is wrong with the content.
    fileprivate func repeatable() async throws -> HTTPBody {
        guard !isWhole, let length, length <= Self.heldByteCount else { return self }
        return HTTPBody(try await collect(upTo: Self.heldByteCount))
    }
}
