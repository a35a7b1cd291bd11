import Configuration
import HTTP
import Reactor

/// Where a service listens, and what it allows its clients (defaults.md, "Limits").
struct ServerOptions: ConfigurationPart {
    var host = "127.0.0.1"
    var port = 8080
    var loops = 0
    var http = HTTPServerSettings()

    static let title = "Server"
    static let settings: [Setting<Self>] =
        [
            Setting(
                "server.host",
                \.host,
                .text(rule: "a numeric IPv4 or IPv6 address, or unix:/path") {
                    SocketAddress(numericHost: $0, port: 0) != nil
                },
                help: "Where it listens; 0.0.0.0 for all interfaces."
            ),
            Setting("server.port", \.port, .integer(0...65_535), help: "Where it listens; 0: any free port."),
            Setting(
                "server.loops",
                \.loops,
                .integer(0...256),
                help: "Event loops, a thread each; 0: one a processor."
            ),
        ] + limits + times

    private static let limits: [Setting<Self>] = [
        Setting(
            "server.head-limit",
            \.http.limits.headByteCount,
            .byteCount(1_024...(1 << 20)),
            help: "The largest request line and fields together; beyond it 431."
        ),
        Setting(
            "server.target-limit",
            \.http.limits.targetByteCount,
            .byteCount(256...(1 << 20)),
            help: "The longest request target; beyond it 414."
        ),
        Setting(
            "server.field-limit",
            \.http.limits.fieldCount,
            .integer(1...10_000),
            help: "The most fields of a request; beyond it 431."
        ),
        Setting(
            "server.body-limit",
            \.http.contentByteCount,
            .byteCount(0...(1 << 40)),
            help: "The largest content where a route says nothing else; beyond it 413."
        ),
        Setting(
            "server.connection-limit",
            \.http.connectionsPerLoop,
            .integer(1...1_000_000),
            help: "Connections of one loop; above it accepting pauses."
        ),
        Setting(
            "server.requests-per-connection",
            \.http.requestsPerConnection,
            .integer(1...1_000_000_000),
            help: "Requests after which a connection is closed."
        ),
    ]

    private static let times: [Setting<Self>] = [
        time("server.head-timeout", \.http.headTimeout, "How long a request's head may take; then 408."),
        time(
            "server.content-timeout",
            \.http.contentTimeout,
            "How long content may keep us waiting; then 408."
        ),
        time("server.idle-timeout", \.http.idleTimeout, "How long a kept-alive connection may be idle."),
        time("server.write-timeout", \.http.writeTimeout, "How long an answer may make no progress."),
        time(
            "server.request-timeout",
            \.http.requestTimeout,
            "How long a handler may take where its route says nothing else; then 503."
        ),
        time("server.drain-timeout", \.http.drainTimeout, "How long requests in flight may take at the end."),
    ]

    private static func time(
        _ key: String,
        _ path: any WritableKeyPath<Self, Duration> & Sendable,
        _ help: String
    ) -> Setting<Self> {
        Setting(key, path, .duration(.milliseconds(10) ... .seconds(86_400)), help: help)
    }

    /// The address; the host was checked as it was read.
    var address: SocketAddress {
        SocketAddress(numericHost: host, port: UInt16(port)) ?? .loopback(port: UInt16(port))
    }

    var loopCount: Int { loops == 0 ? EventLoopGroup.processorCount : loops }
}
