import HTTP
import Reactor
import Resilience
import Routing

/// A request's route, and where its parameters stand.
struct RouteMatch {
    let route: GatewayRoute
    let captures: PathCaptures
    /// Where the path ends in the target.
    let pathEnd: Int
    /// When the gateway heard of it.
    let began: MonotonicInstant

    /// How long the answer's head may be waited for: the route's time or the caller's, whichever is less; nil for streams, which
    /// have the caller's alone.
    func timeLimit(of head: HTTPRequestHead) -> Duration? {
        guard let upstream = route.upstream else { return nil }
        let own = upstream.timeLimit
        guard let value = head.fields.value(of: Deadline.header) else { return own }
        let most = own ?? .seconds(86_400)
        return Deadline(fieldValue: value.span, limit: most, from: began)?.remaining(at: began) ?? own
    }

    /// The target that goes upstream.
    func target(of head: HTTPRequestHead) -> [UInt8] {
        guard let upstream = route.upstream, !upstream.rewrite.isNone else { return head.targetBytes }
        return upstream.rewrite.apply(to: head.targetBytes, end: pathEnd, captures)
    }

    /// Whether it would go to what no gateway forwards under its new path, as `/api/metrics` would without `/api`.
    func leadsToReserved(_ head: HTTPRequestHead) -> Bool {
        guard let upstream = route.upstream, !upstream.rewrite.isNone else { return false }
        let target = target(of: head)
        return ReservedPaths.contains(
            target.span.extracting(0..<(target.count - head.targetBytes.count + pathEnd))
        )
    }

    /// The answer of a route that sends its clients elsewhere.
    func redirect(_ head: HTTPRequestHead) -> HTTPResponse {
        guard case .redirect(let redirect) = route.declaration.target else { return HTTPResponse(.notFound) }
        let path = redirect.path.apply(to: head.targetBytes, end: pathEnd, captures)
        // A reference that begins with two slashes would name another host (RFC 3986 §4.2, §5.3).
        let origin = redirect.origin.isEmpty && path.starts(with: "//".utf8) ? "/." : redirect.origin
        return HTTPResponse(
            redirect.status,
            fields: [.location: origin + String(decoding: path, as: UTF8.self)]
        )
    }
}
