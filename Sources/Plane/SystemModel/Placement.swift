/// Where the parts of a system are, in one way of running it: on this machine, or in containers.
public struct Placement: Sendable, Equatable {
    /// The registry, `host:port`.
    public var registry: String
    /// The front's https address as clients know it: `https://localhost:8443`.
    public var origin: String
    /// Where traces go, an OTLP/HTTP endpoint; nil for nowhere.
    public var collector: String?
    /// How traces are written: `http/json` or `http/protobuf`.
    public var collectorEncoding: String
    /// Where services listen: an address of their own machine.
    public var host: String

    /// Says where all is.
    public init(
        registry: String,
        origin: String,
        collector: String?,
        collectorEncoding: String,
        host: String
    ) {
        self.registry = registry
        self.origin = origin
        self.collector = collector
        self.collectorEncoding = collectorEncoding
        self.host = host
    }
}

extension SystemDeclaration {
    /// What every part of the platform is told by its environment.
    public func environment(at placement: Placement) -> [String: String] {
        var environment = [
            "CONSUL_HTTP_ADDR": placement.registry,
            "VIGIE_INSTANCE_NAMESPACE": name,
            "VIGIE_SERVER_HOST": placement.host,
            "VIGIE_SERVER_LOOPS": "1",
        ]
        if let collector = placement.collector {
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector
            environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = placement.collectorEncoding
        }
        return environment
    }

    /// What a service is told by its environment, but for its port, its secrets and its database.
    public func environment(of service: ServiceDeclaration, at placement: Placement) -> [String: String] {
        var environment = environment(at: placement)
        if let identity, let issuer = issuer(at: placement) {
            guard self.service(identity.service)?.name != service.name else {
                environment["VIGIE_IDENTITY_ISSUER"] = issuer
                environment["VIGIE_IDENTITY_SYSTEM"] = name
                return environment.merging(service.settings) { $1 }
            }
            environment["VIGIE_AUTH_ISSUER"] = issuer
            environment["VIGIE_AUTH_AUDIENCE"] = name
            environment["VIGIE_AUTH_KEYS"] = identity.keysPlace
        }
        return environment.merging(service.settings) { $1 }
    }

    /// The `iss` of the system's tokens; nil where nobody signs any.
    public func issuer(at placement: Placement) -> String? {
        identity.map { placement.origin + $0.issuerPath }
    }
}
