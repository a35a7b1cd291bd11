import Reactor

/// What an instance tells of itself.
public struct InstanceDescription: Sendable, Equatable {
    /// Its id: `<service>-<host>-<port>`, stable for a host and port.
    public var id: String
    /// The service.
    public var service: String
    /// A name or numeric address that others can reach (``AdvertisedAddress``).
    public var host: String
    /// Its port.
    public var port: UInt16
    /// The service's version, meta `version`.
    public var version = ""
    /// Where it stands, meta `zone`; empty: nowhere in particular.
    public var zone = ""
    /// Where its metrics are, meta `metrics_port`; nil: on its own port.
    public var metricsPort: UInt16?
    /// What it can be chosen by.
    public var tags: [String] = []
    /// More meta: keys of `A-Za-z0-9_-`, at most 128 of them, values of at most 512.
    public var meta: [String: String] = [:]
    /// The routes that it asks the gateway for, put under ``DiscoveryKeys/routes(of:hash:)`` before it is registered.
    package var routes: RouteDocument?
    /// How many calls it gets beside others.
    public var weight: UInt16 = 1
    /// What Consul asks for.
    public var checkPath = "/health/ready"

    /// Describes an instance.
    public init(id: String, service: String, host: String, port: UInt16) {
        self.id = id
        self.service = service
        self.host = host
        self.port = port
    }

    /// As it is registered.
    public var definition: ServiceDefinition {
        let authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        var meta = meta
        meta["protocol"] = meta["protocol"] ?? "http/1.1"
        meta["metrics_port"] = String(metricsPort ?? port)
        if !version.isEmpty { meta["version"] = version }
        if !zone.isEmpty { meta["zone"] = zone }
        if let routes { meta[DiscoveryKeys.routesHash] = routes.hash }
        return ServiceDefinition(
            id: id,
            name: service,
            address: host,
            port: port,
            tags: tags,
            meta: meta,
            weight: weight,
            check: .http("http://\(authority)\(checkPath)")
        )
    }
}
