public import HTTP

/// What a handler may answer besides plain values: ``Created``, ``NoContent``, ``ServerSentEvents``, ``Streamed``,
/// ``JSONLines``, a `String` (plain text), an `HTTPResponse`; an optional of them, of which nil is 404.
public protocol ResponseContent: SendableMetatype {
    /// Notes status and content, for `/openapi.json`. A name of its own: a type may be a ``HandlerInput`` as well, as
    /// `String` is, and is described there as what comes in.
    static func describeAnswer(_ route: inout RouteShape)

    /// Makes the answer.
    func response(to request: Request) throws -> HTTPResponse
}

extension HTTPResponse: ResponseContent {
    /// Nothing is known of it beforehand.
    public static func describeAnswer(_ route: inout RouteShape) {}
    /// The answer itself.
    public func response(to request: Request) -> HTTPResponse { self }
}

extension String: ResponseContent {
    /// Plain text.
    public static func describeAnswer(_ route: inout RouteShape) {
        route.answer.mediaType = "text/plain"
        route.answer.schema = { _ in .string() }
    }
    /// 200 with the text.
    public func response(to request: Request) -> HTTPResponse {
        HTTPResponse(.ok, fields: [.contentType: "text/plain; charset=utf-8"], body: HTTPBody(self))
    }
}

extension Optional: ResponseContent where Wrapped: ResponseContent {
    /// What the value answers, or 404.
    public static func describeAnswer(_ route: inout RouteShape) {
        Wrapped.describeAnswer(&route)
        route.answer.mayBeAbsent = true
    }
    /// The value's answer; nil is 404.
    public func response(to request: Request) throws -> HTTPResponse {
        guard let self else { throw Problem(.notFound, reason: "not_found") }
        return try self.response(to: request)
    }
}

/// 204: done, and nothing to say.
public struct NoContent: ResponseContent, Sendable {
    /// Makes the answer.
    public init() {}
    /// 204.
    public static func describeAnswer(_ route: inout RouteShape) { route.answer.status = 204 }
    /// 204 without content.
    public func response(to request: Request) -> HTTPResponse { HTTPResponse(.noContent) }
}
