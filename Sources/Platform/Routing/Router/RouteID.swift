public import HTTP

/// A declared route, by its place: an index into ``Router/templates``, for tables made at start.
public struct RouteID: Sendable, Hashable {
    /// From 0, in the order of the declaration.
    public let index: Int
}

/// What a route is called in metrics and spans: no request changes it.
public struct RouteTemplate: Sendable, Hashable, CustomStringConvertible {
    /// The route's method. HEAD is served by GET's route.
    public let method: HTTPMethod
    /// The path as it was declared, the value of `http.route` (OpenTelemetry): `/users/{id}`.
    public let path: String

    /// Method and path, as a span is named.
    public var description: String { "\(method) \(path)" }
}
