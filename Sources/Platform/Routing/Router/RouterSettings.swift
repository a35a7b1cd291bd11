public import HTTP
public import Telemetry

/// What a router needs besides its routes.
public struct RouterSettings: Sendable {
    /// Who may call a route that does not say. Default: who is authenticated.
    public var defaultAuthorization = Authorization.authenticated
    /// Finds out who calls, for routes that are not open: nil for nobody, which is 401. It may throw a ``Problem`` that
    /// says more (RFC 6750 §3.1).
    public var authenticate: (@Sendable (HTTPRequestHead) async throws -> Principal?)?
    /// Where first answers of `.idempotent` routes are kept.
    public var idempotency: (any IdempotencyStore)?
    /// Where files of forms are kept while a request lasts.
    public var uploads: UploadSettings?
    /// The trace a request belongs to, 32 hex digits: it stands in each problem.
    public var traceID: (@Sendable () -> String?)?
    /// Called for each request, around the whole work on it.
    public var around: Around?
    /// Title and version for `GET /openapi.json`, which is open to all; nil for no such route.
    public var openAPI: OpenAPIInfo?

    /// Takes the defaults.
    public init() {}

    /// Sees a request, lets it be answered, sees the answer or the error (which becomes a 500, or comes of a client that
    /// left), and gives one back. The route is nil when there is none for the request.
    public typealias Around =
        @Sendable (
            _ route: RouteID?,
            _ request: HTTPRequest,
            _ answer: () async throws -> HTTPResponse
        ) async throws -> HTTPResponse
}
