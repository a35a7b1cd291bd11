package import HTTP
package import Telemetry

/// What answers requests that no route of the process's own takes: a gateway's way of serving.
package struct Forwarding: Sendable {
    /// Answers a request. It has it measured, traced and logged by the server's telemetry itself, since it alone knows the
    /// route; and it keeps the time, since the server leaves that to it.
    package let respond: @Sendable (HTTPRequest, HTTPServerTelemetry) async -> HTTPResponse
    /// The largest content of a request, in bytes; nil for the server's own limit.
    package let contentLimit: @Sendable (HTTPRequestHead) -> Int?

    /// Takes the parts.
    package init(
        contentLimit: @escaping @Sendable (HTTPRequestHead) -> Int?,
        respond: @escaping @Sendable (HTTPRequest, HTTPServerTelemetry) async -> HTTPResponse
    ) {
        self.contentLimit = contentLimit
        self.respond = respond
    }
}
