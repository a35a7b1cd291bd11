/// An instance with its node and checks (`/v1/health/service/:name`).
public struct ServiceEntry: Sendable, Decodable {
    /// The node.
    public struct Node: Sendable, Decodable {
        /// Its name.
        public let name: String
        /// Its address.
        public let address: String

        private enum CodingKeys: String, CodingKey {
            case name = "Node"
            case address = "Address"
        }
    }

    /// How many calls an instance takes beside others.
    public struct Weights: Sendable, Decodable {
        /// While it passes, 1 to 65535.
        public let passing: Int
        /// While it warns, 0 to 65535.
        public let warning: Int

        private enum CodingKeys: String, CodingKey {
            case passing = "Passing"
            case warning = "Warning"
        }
    }

    /// A check of the instance, or of its node.
    public struct Check: Sendable, Decodable {
        /// Its id.
        public let id: String
        /// `passing`, `warning`, `critical`.
        public let status: String

        private enum CodingKeys: String, CodingKey {
            case id = "CheckID"
            case status = "Status"
        }
    }

    /// The node.
    public let node: Node
    /// The instance.
    public let service: AgentService
    /// What its weights are; nil where Consul doesn't say.
    public let weights: Weights?
    /// All its checks, the node's included.
    public let checks: [Check]

    private enum CodingKeys: String, CodingKey {
        case node = "Node"
        case service = "Service"
        case checks = "Checks"
    }

    private struct Weighted: Decodable {
        let weights: Weights?

        enum CodingKeys: String, CodingKey { case weights = "Weights" }
    }

    /// Reads what Consul says.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        node = try fields.decode(Node.self, forKey: .node)
        service = try fields.decode(AgentService.self, forKey: .service)
        weights = try fields.decode(Weighted.self, forKey: .service).weights
        checks = try fields.decodeIfPresent([Check].self, forKey: .checks) ?? []
    }

    /// Consul's `AggregatedStatus`.
    public var status: CheckStatus {
        var worst = CheckStatus.passing
        for check in checks {
            if check.id == "_node_maintenance" || check.id.hasPrefix("_service_maintenance:") {
                return .maintenance
            }
            // A status that is new to us is no promise that the instance works.
            worst = max(worst, CheckStatus(rawValue: check.status) ?? .critical)
        }
        return worst
    }
}
