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
    /// How much time a request's caller leaves it; nil for a caller who does not say. Asked for each request.
    public var callerLimit: (@Sendable (HTTPRequestHead) -> Duration?)?
    /// Title and version for `GET /openapi.json`, which is open to all; nil for no such route.
    public var openAPI: OpenAPIInfo?

    /// Takes the defaults.
    public init() {}
}
