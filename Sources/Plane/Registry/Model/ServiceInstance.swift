/// One instance of a service on a node.
struct ServiceInstance: Sendable, Indexed {
    /// Shares of DNS answers by health.
    struct Weights: Sendable, Hashable {
        var passing = 1
        var warning = 1
    }

    /// An address by another name: `lan`, `wan_ipv4`.
    struct TaggedAddress: Sendable, Hashable {
        let tag: String
        let address: String
        let port: Int
    }

    var node: String
    var id: String
    var name: String
    var tags: [String] = []
    /// Empty where clients are to take the node's.
    var address = ""
    var port = 0
    /// nil when it was registered with the catalogue and without any.
    var meta: StringMap?
    var weights = Weights()
    var enableTagOverride = false
    /// By tag, in its order.
    var taggedAddresses: [TaggedAddress] = []
    var kind = ""
    var socketPath = ""
    /// Whether it was registered with the agent, whose view shows it then.
    var isAgents = false
    var createIndex: UInt64 = 0
    var modifyIndex: UInt64 = 0

    var key: ServiceKey { ServiceKey(node: node, id: id) }
    /// The name as lookups compare it.
    var lookupName: String { name.lowercased() }
}
