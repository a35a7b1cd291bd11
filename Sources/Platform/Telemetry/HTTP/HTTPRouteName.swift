public import HTTP

/// What a route is called in metrics, spans and logs: no request changes it.
public struct HTTPRouteName: Sendable, Hashable, CustomStringConvertible {
    /// The route's method. HEAD is served by GET's route.
    public let method: HTTPMethod
    /// The path as it was declared, the value of `http.route` (OpenTelemetry): `/notes/{id}`.
    public let template: String
    /// Whether its requests are only measured, neither traced nor logged: probes and scrapes.
    public let isQuiet: Bool

    /// Names a route.
    public init(_ method: HTTPMethod, _ template: String, isQuiet: Bool = false) {
        self.method = method
        self.template = template
        self.isQuiet = isQuiet
    }

    /// Method and path, as a span is named.
    public var description: String { "\(method) \(template)" }
}
