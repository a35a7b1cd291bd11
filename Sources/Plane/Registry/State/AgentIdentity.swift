/// The one node that this registry is the agent of.
struct AgentIdentity: Sendable, Equatable {
    /// The one datacenter.
    static let datacenter = "dc1"
    /// What `Version` says: clients compare it with Consul's.
    static let consulVersion = "1.21.0"

    var name: String
    /// A UUID.
    var id: String
    var address = "127.0.0.1"

    var node: Node {
        Node(
            name: name,
            id: id,
            address: address,
            taggedAddresses: StringMap(["lan", "lan_ipv4", "wan", "wan_ipv4"].map { ($0, address) }),
            meta: StringMap([("consul-network-segment", ""), ("consul-version", Self.consulVersion)])
        )
    }

    /// Where a server would listen for others; here a name for the leader.
    var serverAddress: String { "\(address):8300" }
}
