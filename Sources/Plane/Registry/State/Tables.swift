/// All that the registry knows, with what finds it quickly. Changed by ``apply(_:touching:)`` alone, so that a log of
/// mutations brings it back.
struct Tables: Sendable {
    var indexes = TableIndexes()
    private(set) var nodes: [String: Node] = [:]
    private(set) var services: [ServiceKey: ServiceInstance] = [:]
    private(set) var checks: [CheckKey: HealthCheck] = [:]
    private(set) var kv = KVTable()
    private(set) var sessions: [String: Session] = [:]
    /// Instances by their service's lower-case name, in order.
    private(set) var instances: [String: [ServiceKey]] = [:]
    /// IDs of instances by node.
    private(set) var servicesOfNode: [String: Set<String>] = [:]
    /// IDs of an instance's checks, in order.
    private(set) var checksOfService: [ServiceKey: [String]] = [:]
    /// IDs of checks of nodes themselves, in order.
    private(set) var checksOfNode: [String: [String]] = [:]
    /// Keys by the session that holds them.
    private(set) var keysOfSession: [String: Set<KVKey>] = [:]
    private(set) var serviceIndexes: [String: UInt64] = [:]
    private(set) var nodeIndexes: [String: UInt64] = [:]
    private(set) var tombstones: [KVKey: UInt64] = [:]

    /// Makes one change as part of the write that `indexes.all` names.
    mutating func apply(_ mutation: Mutation, touching touched: inout Set<WatchKey>) {
        switch mutation {
        case .putNode(let node): put(node, &touched)
        case .removeNode(let name): removeNode(name, &touched)
        case .putService(let instance): put(instance, &touched)
        case .removeService(let key): removeService(key, &touched)
        case .putCheck(let check): put(check, &touched)
        case .removeCheck(let key): removeCheck(key, &touched)
        case .putKV(let entry): put(entry, &touched)
        case .removeKV(let key): removeKV(key, &touched)
        case .putSession(let session):
            sessions[session.id] = session
            touchSessions(&touched)
        case .removeSession(let id):
            sessions[id] = nil
            touchSessions(&touched)
        case .indexes(let indexes): self.indexes = indexes
        case .serviceIndex(let name, let index): serviceIndexes[name] = index
        case .nodeIndex(let name, let index): nodeIndexes[name] = index
        case .tombstone(let key, let index): tombstones[key] = index
        }
    }

    /// A new output with the same status: nothing that anybody waits for.
    mutating func setOutput(_ output: String, of key: CheckKey) { checks[key]?.output = output }

    /// Forgets that a key was removed.
    mutating func forgetTombstone(_ key: KVKey) { tombstones[key] = nil }

    // MARK: Nodes

    private mutating func put(_ node: Node, _ touched: inout Set<WatchKey>) {
        nodes[node.name] = node
        indexes.nodes = indexes.all
        touched.insert(.nodes)
        touch(node: node.name, &touched)
        touchServices(of: node.name, &touched)
    }

    private mutating func removeNode(_ name: String, _ touched: inout Set<WatchKey>) {
        nodes[name] = nil
        nodeIndexes[name] = nil
        servicesOfNode[name] = nil
        checksOfNode[name] = nil
        indexes.nodes = indexes.all
        indexes.nodeExtinction = indexes.all
        touched.formUnion([.nodes, .node(name)])
    }

    // MARK: Instances

    private mutating func put(_ instance: ServiceInstance, _ touched: inout Set<WatchKey>) {
        let key = instance.key
        if let old = services[key], old.lookupName != instance.lookupName {
            removeInstance(key, of: old.lookupName, &touched)
        }
        if services.updateValue(instance, forKey: key)?.lookupName != instance.lookupName {
            Self.insert(key, into: &instances[instance.lookupName, default: []])
            servicesOfNode[key.node, default: []].insert(key.id)
        }
        indexes.services = indexes.all
        touched.formUnion([.services, .instance(key)])
        touch(service: instance.lookupName, &touched)
        touch(node: key.node, &touched)
    }

    private mutating func removeService(_ key: ServiceKey, _ touched: inout Set<WatchKey>) {
        guard let old = services.removeValue(forKey: key) else { return }
        removeInstance(key, of: old.lookupName, &touched)
        servicesOfNode[key.node]?.remove(key.id)
        checksOfService[key] = nil
        indexes.services = indexes.all
        touched.formUnion([.services, .instance(key)])
        touch(node: key.node, &touched)
    }

    private mutating func removeInstance(_ key: ServiceKey, of name: String, _ touched: inout Set<WatchKey>) {
        instances[name]?.removeAll { $0 == key }
        touch(service: name, &touched)
        guard instances[name]?.isEmpty == true else { return }
        instances[name] = nil
        serviceIndexes[name] = nil
        indexes.extinction = indexes.all
    }

    // MARK: Checks

    private mutating func put(_ check: HealthCheck, _ touched: inout Set<WatchKey>) {
        let key = check.key
        if let old = checks.updateValue(check, forKey: key), old.serviceID != check.serviceID {
            unlink(old)
            touchOwner(of: old, &touched)
        }
        if let service = check.service {
            Self.insert(key.id, into: &checksOfService[service, default: []])
        } else {
            Self.insert(key.id, into: &checksOfNode[key.node, default: []])
        }
        touchOwner(of: check, &touched)
    }

    private mutating func removeCheck(_ key: CheckKey, _ touched: inout Set<WatchKey>) {
        guard let old = checks.removeValue(forKey: key) else { return }
        unlink(old)
        touchOwner(of: old, &touched)
    }

    private mutating func unlink(_ check: HealthCheck) {
        if let service = check.service {
            checksOfService[service]?.removeAll { $0 == check.id }
        } else {
            checksOfNode[check.node]?.removeAll { $0 == check.id }
        }
    }

    /// A check is a part of its instance's health; a node's check of the health of all that is on it.
    private mutating func touchOwner(of check: HealthCheck, _ touched: inout Set<WatchKey>) {
        indexes.checks = indexes.all
        touched.insert(.checks)
        touch(node: check.node, &touched)
        if let service = check.service {
            if let name = services[service]?.lookupName { touch(service: name, &touched) }
            touched.insert(.instance(service))
        } else {
            touchServices(of: check.node, &touched)
        }
    }

    // MARK: Keys and sessions

    private mutating func put(_ entry: KVEntry, _ touched: inout Set<WatchKey>) {
        unhold(entry.key)
        if !entry.session.isEmpty { keysOfSession[entry.session, default: []].insert(entry.key) }
        kv.put(entry)
        tombstones[entry.key] = nil
        indexes.kv = indexes.all
        touched.insert(.kv(entry.key))
    }

    private mutating func removeKV(_ key: KVKey, _ touched: inout Set<WatchKey>) {
        unhold(key)
        kv.remove(key)
        tombstones[key] = indexes.all
        indexes.kv = indexes.all
        touched.insert(.kv(key))
    }

    private mutating func unhold(_ key: KVKey) {
        guard let old = kv[key]?.session, !old.isEmpty else { return }
        keysOfSession[old]?.remove(key)
        if keysOfSession[old]?.isEmpty == true { keysOfSession[old] = nil }
    }

    private mutating func touchSessions(_ touched: inout Set<WatchKey>) {
        indexes.sessions = indexes.all
        touched.insert(.sessions)
    }

    // MARK: Indexes

    private mutating func touch(node: String, _ touched: inout Set<WatchKey>) {
        nodeIndexes[node] = indexes.all
        touched.insert(.node(node))
    }

    private mutating func touch(service name: String, _ touched: inout Set<WatchKey>) {
        serviceIndexes[name] = indexes.all
        touched.insert(.service(name))
    }

    private mutating func touchServices(of node: String, _ touched: inout Set<WatchKey>) {
        for id in servicesOfNode[node] ?? [] {
            guard let name = services[ServiceKey(node: node, id: id)]?.lookupName else { continue }
            touch(service: name, &touched)
        }
    }

    private static func insert<Element: Comparable>(_ element: Element, into sorted: inout [Element]) {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < element { low = middle + 1 } else { high = middle }
        }
        if low < sorted.count, sorted[low] == element { return }
        sorted.insert(element, at: low)
    }
}
