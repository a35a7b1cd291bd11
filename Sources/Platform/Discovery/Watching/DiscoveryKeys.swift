/// The keys under which the parts of a system tell each other who leaves and who watches (ADR 0017).
package enum DiscoveryKeys {
    /// Written by an instance before it deregisters; its session tells this leaving from others.
    static func left(_ instance: String) -> String { "vigie/left/\(instance)" }
    /// All who call a service.
    static func watchers(of service: String) -> String { "vigie/watch/\(service)/" }
    /// One who calls a service; lives as long as its session.
    static func watcher(_ watcher: String, of service: String) -> String { watchers(of: service) + watcher }
    /// All confirmations of one leaving, which the mark's session names.
    static func confirmations(of leaving: String) -> String { "vigie/ack/\(leaving)/" }
    /// The routes that a service asks the gateway for, by their hash; an instance's meta says which are its own.
    package static func routes(of service: String, hash: String) -> String {
        "vigie/routes/\(service)/\(hash)"
    }
    /// The meta key of that hash.
    package static let routesHash = "gateway_routes"
    /// The meta key of an instance that is registered under a further name: the service's own.
    package static let aliasOf = "alias_of"
    /// Routes that operators added to all gateways, one a key.
    package static let operatorRoutes = "vigie/gateway/routes/"
    /// One confirmation.
    static func confirmation(of leaving: String, by watcher: String) -> String {
        confirmations(of: leaving) + watcher
    }
}
