import Configuration
import HTTP

/// Where other services are, where that is not asked of a registry.
struct ClientOptions: ConfigurationPart {
    /// One instance of a service.
    struct Peer: Sendable, Equatable {
        let service: String
        let destination: HTTPDestination

        /// Reads `payment=10.0.0.7:8080`.
        init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let name = ServiceName(String(parts[0])),
                let endpoint = Endpoint(String(parts[1]), defaultScheme: "http"), endpoint.scheme == "http",
                endpoint.path.isEmpty, let port = endpoint.port
            else { return nil }
            service = name.name
            destination = HTTPDestination(host: endpoint.host, port: UInt16(port))
        }

        var text: String { "\(service)=\(destination)" }
    }

    var peers: [Peer] = []

    static let title = "Calls"
    static let settings: [Setting<Self>] = [
        Setting(
            "clients.peers",
            \.peers,
            .list(of: ValueFormat(rule: "service=host:port", parse: { Peer($0) }, show: \.text)),
            help: "Where services are that the registry is not asked for: payment=10.0.0.7:8080,payment=…"
        )
    ]
}
