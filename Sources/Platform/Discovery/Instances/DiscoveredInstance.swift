/// An instance of a service as the registry knows it.
public struct DiscoveredInstance: Sendable, Hashable, Codable {
    /// Its id, stable for a host and port.
    public let id: String
    /// The node that it is registered on.
    public let node: String
    /// A host's name or numeric address.
    public let host: String
    /// Its port.
    public let port: UInt16
    /// The state of all its checks.
    public let status: CheckStatus
    /// What it can be chosen by.
    public let tags: [String]
    /// What else is known of it; `zone` is where it stands, `scheme` what it speaks.
    public let meta: [String: String]
    /// How many calls it takes beside others, at least 1.
    public let weight: Int

    /// Describes an instance.
    public init(
        id: String,
        node: String = "",
        host: String,
        port: UInt16,
        status: CheckStatus = .passing,
        tags: [String] = [],
        meta: [String: String] = [:],
        weight: Int = 1
    ) {
        self.id = id
        self.node = node
        self.host = host
        self.port = port
        self.status = status
        self.tags = tags
        self.meta = meta
        self.weight = max(1, weight)
    }

    /// Takes what Consul says; nil for one that has no port or no address, and can't be called.
    init?(_ entry: ServiceEntry) {
        let service = entry.service
        let host = service.address.isEmpty ? entry.node.address : service.address
        guard let port = UInt16(exactly: service.port), port > 0, !host.isEmpty else { return nil }
        let status = entry.status
        self.init(
            id: service.id,
            node: entry.node.name,
            host: host,
            port: port,
            status: status,
            tags: service.tags,
            meta: service.meta,
            weight: (status == .warning ? entry.weights?.warning : entry.weights?.passing) ?? 1
        )
    }

    /// Where it stands; nil when it doesn't say.
    public var zone: String? { meta["zone"] }

    /// What tells it from all others: the same id may be on several nodes.
    var key: Key { Key(id: id, node: node) }

    struct Key: Hashable, Sendable {
        let id: String
        let node: String
    }
}
