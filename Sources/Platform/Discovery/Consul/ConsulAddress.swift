import Configuration
public import HTTP
import Reactor
public import Resilience

/// Where Consul's HTTP API is, as `CONSUL_HTTP_ADDR` says it: `host:port`, `http://…`, `https://…`, `unix:///path`.
public struct ConsulAddress: Sendable, Equatable, CustomStringConvertible {
    /// What is spoken there.
    public var scheme: ServiceInstance.Scheme
    /// Host and port, or a socket file.
    public let destination: HTTPDestination
    /// Whether the text named the scheme itself.
    let namesScheme: Bool

    /// This machine's agent, `127.0.0.1:8500`.
    public static let standard = ConsulAddress(
        HTTPDestination(.loopback(port: 8500)),
        .http,
        namesScheme: false
    )

    /// Takes a place that is known.
    public init(_ destination: HTTPDestination, scheme: ServiceInstance.Scheme = .http) {
        self.init(destination, scheme, namesScheme: true)
    }

    private init(_ destination: HTTPDestination, _ scheme: ServiceInstance.Scheme, namesScheme: Bool) {
        self.destination = destination
        self.scheme = scheme
        self.namesScheme = namesScheme
    }

    /// Reads an address; nil when it is none, or has a path. Without a port it is 8500, with `https://` 8501, which are
    /// Consul's own.
    public init?(_ text: String) {
        if text.hasPrefix("unix://") {
            guard let socket = SocketAddress(numericHost: "unix:" + text.dropFirst(7), port: 0) else {
                return nil
            }
            self.init(HTTPDestination(socket))
            return
        }
        guard let endpoint = Endpoint(text, defaultScheme: "http"), ["", "/"].contains(endpoint.path),
            let scheme = ServiceInstance.Scheme(rawValue: endpoint.scheme)
        else { return nil }
        let port = UInt16(endpoint.port ?? (scheme == .https ? 8501 : 8500))
        let place = HTTPDestination(host: endpoint.host, port: port)
        self.init(place, scheme, namesScheme: text.contains("://"))
    }

    /// As a URL.
    public var description: String {
        destination.port == nil ? destination.description : "\(scheme.rawValue)://\(destination)"
    }
}

extension ValueFormat where Value == ConsulAddress {
    /// The forms of `CONSUL_HTTP_ADDR`.
    static var consulAddress: ValueFormat {
        ValueFormat(
            rule:
                "host:port, http://host:port, https://host:port or unix:///path, without a path behind the port",
            parse: { ConsulAddress($0) },
            show: { $0.description }
        )
    }
}
