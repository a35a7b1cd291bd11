/// What a client writes into the catalogue itself.
struct CatalogRegistration: Sendable, Equatable {
    var node: Node
    /// Whether a node that is there keeps what it has.
    var skipsNodeUpdate = false
    var instance: ServiceInstance?
    var checks: [HealthCheck] = []
}
