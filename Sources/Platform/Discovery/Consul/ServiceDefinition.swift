/// An instance that is to be registered, with its check.
public struct ServiceDefinition: Sendable, Encodable, Equatable {
    /// What Consul checks.
    public struct Check: Sendable, Encodable, Equatable {
        let http: String?
        let ttl: String?
        let interval: String?
        let timeout: String?
        let deregisterAfter: String
        let status: String

        private enum CodingKeys: String, CodingKey {
            case http = "HTTP"
            case ttl = "TTL"
            case interval = "Interval"
            case timeout = "Timeout"
            case deregisterAfter = "DeregisterCriticalServiceAfter"
            case status = "Status"
        }

        /// A GET that must be answered by 2xx: each 5 s, within 2 s; after 90 s without, the instance is removed. The check
        /// begins as passing, since an instance is registered when it is ready.
        public static func http(
            _ url: String,
            interval: Duration = .seconds(5),
            timeout: Duration = .seconds(2),
            deregisterAfter: Duration = .seconds(90)
        ) -> Check {
            Check(
                http: url,
                ttl: nil,
                interval: ConsulDuration.text(interval),
                timeout: ConsulDuration.text(timeout),
                deregisterAfter: ConsulDuration.text(deregisterAfter),
                status: CheckStatus.passing.rawValue
            )
        }

        /// A report that must come in time (``ConsulClient/updateCheck(_:_:output:)``), for what listens nowhere.
        public static func timeToLive(_ time: Duration, deregisterAfter: Duration = .seconds(90)) -> Check {
            Check(
                http: nil,
                ttl: ConsulDuration.text(time),
                interval: nil,
                timeout: nil,
                deregisterAfter: ConsulDuration.text(deregisterAfter),
                status: CheckStatus.passing.rawValue
            )
        }
    }

    private struct Weights: Encodable, Equatable {
        let passing: Int
        let warning: Int

        enum CodingKeys: String, CodingKey {
            case passing = "Passing"
            case warning = "Warning"
        }
    }

    /// The instance, unlike all others of the agent.
    public let id: String
    /// The service.
    public let name: String
    /// Where others reach it.
    public let address: String
    /// Its port.
    public let port: UInt16
    /// What it can be chosen by.
    public let tags: [String]
    /// What else is to be known of it; keys of `A-Za-z0-9_-`.
    public let meta: [String: String]
    private let weights: Weights
    private let check: Check

    private enum CodingKeys: String, CodingKey {
        case id = "ID"
        case name = "Name"
        case address = "Address"
        case port = "Port"
        case tags = "Tags"
        case meta = "Meta"
        case weights = "Weights"
        case check = "Check"
    }

    /// Describes an instance.
    public init(
        id: String,
        name: String,
        address: String,
        port: UInt16,
        tags: [String] = [],
        meta: [String: String] = [:],
        weight: UInt16 = 1,
        check: Check
    ) {
        self.id = id
        self.name = name
        self.address = address
        self.port = port
        self.tags = tags
        self.meta = meta
        weights = Weights(passing: max(1, Int(weight)), warning: 1)
        self.check = check
    }

    /// Whether the agent knows the instance as it is described here.
    func matches(_ known: AgentService) -> Bool {
        known.name == name && known.address == address && known.port == Int(port) && known.tags == tags
            && known.meta == meta
    }
}
