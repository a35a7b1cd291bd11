/// What several endpoints look up.
extension Tables {
    /// An instance with its node.
    func located(_ key: ServiceKey) -> (Node, ServiceInstance)? {
        guard let instance = services[key], let node = nodes[key.node] else { return nil }
        return (node, instance)
    }

    /// The node's own checks, then the instance's, each in order of their IDs.
    func checks(on key: ServiceKey) -> [HealthCheck] {
        let ids = (checksOfNode[key.node] ?? []) + (checksOfService[key] ?? [])
        return ids.compactMap { checks[CheckKey(node: key.node, id: $0)] }
    }

    /// The instances on a node that the filter takes, in order.
    func instances(on node: String, _ options: ReadOptions) throws(Refusal) -> [ServiceInstance] {
        var found: [ServiceInstance] = []
        for id in (servicesOfNode[node] ?? []).sorted() {
            guard let instance = services[ServiceKey(node: node, id: id)],
                try options.admits(InstanceRow(instance: instance))
            else { continue }
            found.append(instance)
        }
        return found
    }
}

extension ServiceInstance {
    /// Whether it has all of these tags, without regard to case.
    func has(tags wanted: [String]) -> Bool {
        wanted.allSatisfy { tag in tags.contains { $0 == tag || $0.lowercased() == tag.lowercased() } }
    }
}
