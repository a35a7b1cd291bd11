import JSON

/// What a check says.
enum CheckStatus: String, Sendable, Hashable {
    case passing
    case warning
    case critical
}

/// A check of a node or of one of its instances.
struct HealthCheck: Sendable, Indexed {
    /// The check that every agent's node has.
    static let serfID = "serfHealth"
    /// The check that takes a node out of service.
    static let nodeMaintenanceID = "_node_maintenance"
    /// Begins the ID of the check that takes an instance out of service.
    static let serviceMaintenancePrefix = "_service_maintenance:"

    var node: String
    var id: String
    var name: String
    var status = CheckStatus.critical
    var notes = ""
    var output = ""
    /// Empty for a check of the node.
    var serviceID = ""
    var serviceName = ""
    /// A copy of the instance's tags.
    var serviceTags: [String] = []
    var type = ""
    /// What the catalogue was given, as it was given; nil for none.
    var definition: JSONValue?
    /// How the agent runs it; nil for a check that the registry only stores.
    var plan: CheckPlan?
    /// Whether it was registered with the agent, whose view shows it then.
    var isAgents = false
    var createIndex: UInt64 = 0
    var modifyIndex: UInt64 = 0

    var key: CheckKey { CheckKey(node: node, id: id) }
    /// The instance it is of; nil for the node's own.
    var service: ServiceKey? { serviceID.isEmpty ? nil : ServiceKey(node: node, id: serviceID) }

    var isMaintenance: Bool {
        id == Self.nodeMaintenanceID || id.hasPrefix(Self.serviceMaintenancePrefix)
    }
}

extension Collection where Element == HealthCheck {
    /// What the checks say together: maintenance above critical above warning above passing.
    var aggregated: String {
        if contains(where: \.isMaintenance) { return "maintenance" }
        if contains(where: { $0.status == .critical }) { return CheckStatus.critical.rawValue }
        if contains(where: { $0.status == .warning }) { return CheckStatus.warning.rawValue }
        return CheckStatus.passing.rawValue
    }
}
