/// Who answers: a part of `/v1/agent/self`.
public struct ConsulAgent: Sendable, Decodable {
    /// The part `Config`.
    public struct Config: Sendable, Decodable {
        /// The agent's datacenter.
        public let datacenter: String
        /// Its node.
        public let nodeName: String
        /// `x.y.z`.
        public let version: String

        private enum CodingKeys: String, CodingKey {
            case datacenter = "Datacenter"
            case nodeName = "NodeName"
            case version = "Version"
        }
    }

    /// The part `Config`.
    public let config: Config

    private enum CodingKeys: String, CodingKey { case config = "Config" }
}
