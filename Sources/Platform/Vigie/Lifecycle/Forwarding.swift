package import HTTP
package import Telemetry

/// What answers requests that no route of the process's own takes: a gateway's way of serving.
package struct Forwarding: Sendable {
    /// What the process answers itself.
    package struct Own: Sendable {
        /// Whether a request is for one of these routes, by its path.
        package let takes: @Sendable (HTTPRequestHead) -> Bool
        /// Answers it.
        package let respond: HTTPHandler
    }

    /// Makes what answers all requests, those for the process's own routes too. It has the others measured, traced and
    /// logged by the server's telemetry itself, since it alone knows the route; and it keeps the time, since the server
    /// leaves that to it. One function for all: each that calls another one costs every request.
    package let handler: @Sendable (Own, HTTPServerTelemetry) -> HTTPHandler
    /// The largest content of a request, in bytes; nil for the server's own limit.
    package let contentLimit: @Sendable (HTTPRequestHead) -> Int?

    /// Takes the parts.
    package init(
        contentLimit: @escaping @Sendable (HTTPRequestHead) -> Int?,
        handler: @escaping @Sendable (Own, HTTPServerTelemetry) -> HTTPHandler
    ) {
        self.contentLimit = contentLimit
        self.handler = handler
    }
}
