import HTTP
import Reactor
import Resilience
import Routing
import Telemetry

/// Answers the gateway's requests: finds the route, asks whether the client may, and passes the request on.
final class Forwarder: Sendable {
    private let book: RouteBook
    private let proxies: [AddressBlock]
    private let metrics: GatewayMetrics

    init(_ book: RouteBook, trusting proxies: [AddressBlock], _ metrics: GatewayMetrics) {
        self.book = book
        self.proxies = proxies
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
            return await telemetry.respond(to: request, on: nil) { throw Self.noRoute }
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
            return await telemetry.respond(to: request, on: nil) { throw Self.noRoute }
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
        throw ProblemDetails(
            .methodNotAllowed,
            reason: "method_not_allowed",
            isRetryable: false,
            fields: [.allow: names.joined(separator: ", ")]
        )
    }

    // MARK: With a route

    private func answer(_ request: HTTPRequest, _ match: RouteMatch) async throws -> HTTPResponse {
        let route = match.route
        if let cors = route.cors, CORS.requestedMethod(of: request.head) != nil {
            return cors.preflight(request.head.fields)
        }
        var response = try await admitted(request, match)
        response.head.fields = AnswerFields.outgoing(response.head.fields)
        route.cors?.decorate(&response.head.fields, for: request.head.fields)
        return response
    }

    private func admitted(_ request: HTTPRequest, _ match: RouteMatch) async throws -> HTTPResponse {
        guard let upstream = match.route.upstream else { return match.redirect(request.head) }
        let client = ClientAddress(of: request.head.fields, from: request.remoteAddress, trusting: proxies)
        var outgoing = try await request.retryable()
        outgoing.head.targetBytes = match.target(of: request.head)
        outgoing.head.fields = ForwardedFields(client: client, peer: request.remoteAddress)
            .outgoing(request.head.fields)
        return try await send(outgoing, to: upstream, match)
    }

    private func send(
        _ request: HTTPRequest,
        to upstream: UpstreamRoute,
        _ match: RouteMatch
    ) async throws -> HTTPResponse {
        var summary = CallSummary()
        let response: HTTPResponse
        do throws(CallError) {
            let call = request.body.whole == nil ? upstream.upload : upstream.call
            response = try await upstream.client.send(request, on: call, &summary)
        } catch {
            note(summary, match)
            throw error.gatewayProblem
        }
        note(summary, match)
        return try AnswerLimit.apply(upstream.target.answerLimit, to: response)
    }

    /// Tells who answered and what the gateway itself took.
    private func note(_ summary: CallSummary, _ match: RouteMatch) {
        let overhead = MonotonicInstant.now - match.began - summary.duration
        metrics.overhead.record(Double(overhead.nanoseconds) / 1e9)
        guard let instance = summary.instance else { return }
        Context.current.record?.setUpstream(instance.id, attempts: summary.attempts, overhead: overhead)
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
