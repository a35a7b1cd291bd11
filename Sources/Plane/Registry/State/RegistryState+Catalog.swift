import Reactor

/// Nodes, instances and checks that are written into the catalogue itself.
extension RegistryState {
    /// Stores a node, an instance on it, checks of both. Nobody runs these checks.
    mutating func register(_ registration: CatalogRegistration, at now: MonotonicInstant) throws(Refusal) {
        let name = registration.node.name
        var instances = tables.servicesOfNode[name] ?? []
        if let id = registration.instance?.id { instances.insert(id) }
        for check in registration.checks where check.node == name && !check.serviceID.isEmpty {
            guard instances.contains(check.serviceID) else {
                throw Refusal(.failed, "Missing service registration")
            }
        }
        for check in registration.checks where check.node != name && tables.nodes[check.node] == nil {
            throw Refusal(.failed, "Missing node registration")
        }
        if tables.nodes[name] == nil || !registration.skipsNodeUpdate { store(registration.node) }
        if var instance = registration.instance {
            instance.isAgents = tables.services[instance.key]?.isAgents ?? false
            store(instance)
        }
        for check in registration.checks { storeCatalogCheck(check, at: now) }
    }

    private mutating func storeCatalogCheck(_ check: HealthCheck, at now: MonotonicInstant) {
        var check = check
        if let service = check.service, let instance = tables.services[service] {
            check.serviceName = instance.name
            check.serviceTags = instance.tags
        }
        if let old = tables.checks[check.key] {
            check.plan = old.plan
            check.isAgents = old.isAgents
            if check.type.isEmpty { check.type = old.type }
        }
        store(check)
        if check.status == .critical { endSessions(dependingOn: check.key, at: now) }
    }

    /// Removes a check, an instance, or, with neither named, the whole node. What is not there is gone already.
    mutating func deregister(node: String, serviceID: String, checkID: String, at now: MonotonicInstant) {
        if !serviceID.isEmpty {
            remove(service: ServiceKey(node: node, id: serviceID), at: now)
        } else if !checkID.isEmpty {
            remove(check: CheckKey(node: node, id: checkID), at: now)
        } else {
            remove(node: node, at: now)
        }
    }

    private mutating func remove(node: String, at now: MonotonicInstant) {
        guard tables.nodes[node] != nil else { return }
        for session in tables.sessions.values.filter({ $0.node == node }).sorted(by: { $0.id < $1.id }) {
            end(session: session.id, at: now)
        }
        for id in (tables.servicesOfNode[node] ?? []).sorted() {
            remove(service: ServiceKey(node: node, id: id), at: now)
        }
        for id in tables.checksOfNode[node] ?? [] { remove(check: CheckKey(node: node, id: id), at: now) }
        write(.removeNode(node))
    }
}
