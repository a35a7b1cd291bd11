public import HTTP
public import Telemetry

/// A request on its route: what each handler gets first.
public struct Request: Sendable {
    /// The request as it came.
    public internal(set) var http: HTTPRequest
    /// Which route it took.
    public let route: RouteID
    /// Who sent it; nil on an open route, where nobody is asked.
    public let principal: Principal?

    /// Method, target and fields.
    public var head: HTTPRequestHead { http.head }
    /// The fields.
    public var fields: HTTPFields { http.head.fields }
    /// The content as a stream; it can be read once, so not beside a parameter that reads it.
    public var body: HTTPBody { http.body }
    /// The last event that a client has seen before it lost the stream (WHATWG HTML §9.2.4); nil for a new client.
    public var lastEventID: String? { http.head.fields["last-event-id"] }
}
