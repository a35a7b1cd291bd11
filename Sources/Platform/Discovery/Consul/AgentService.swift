/// An instance as the agent knows it (`/v1/agent/service/:id`).
public struct AgentService: Sendable, Decodable {
    /// Its id on this agent.
    public let id: String
    /// The service.
    public let name: String
    /// Where it is; empty: at the node's address.
    public let address: String
    /// Its port; 0 for none.
    public let port: Int
    /// Its tags.
    public let tags: [String]
    /// Its meta.
    public let meta: [String: String]

    private enum CodingKeys: String, CodingKey {
        case id = "ID"
        case name = "Service"
        case address = "Address"
        case port = "Port"
        case tags = "Tags"
        case meta = "Meta"
    }

    /// Reads what Consul says; what is absent or null is empty.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = try fields.decode(String.self, forKey: .id)
        name = try fields.decode(String.self, forKey: .name)
        address = try fields.decodeIfPresent(String.self, forKey: .address) ?? ""
        port = try fields.decodeIfPresent(Int.self, forKey: .port) ?? 0
        tags = try fields.decodeIfPresent([String].self, forKey: .tags) ?? []
        meta = try fields.decodeIfPresent([String: String].self, forKey: .meta) ?? [:]
    }
}
