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
    /// IDs of all checks by node, also those of its instances, in order.
    private(set) var allChecksOfNode: [String: [String]] = [:]
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
        allChecksOfNode[name] = nil
        indexes.nodes = indexes.all
        indexes.nodeExtinction = indexes.all
        touched.formUnion([.nodes, .node(name)])
    }

    // MARK: Instances

    private mutating func put(_ instance: ServiceInstance, _ touched: inout Set<WatchKey>) {
        let key = instance.key
        let name = instance.lookupName
        let old = services.updateValue(instance, forKey: key)
        if old == nil || old?.name != instance.name {
            if let old, old.lookupName != name { removeInstance(key, of: old.lookupName, &touched) }
            Self.insert(key, into: &instances[name, default: []])
            servicesOfNode[key.node, default: []].insert(key.id)
        }
        indexes.services = indexes.all
        touched.formUnion([.services, .instance(key)])
        touch(service: name, &touched)
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
        Self.remove(key, from: &instances[name, default: []])
        touch(service: name, &touched)
        guard instances[name]?.isEmpty == true else { return }
        instances[name] = nil
        serviceIndexes[name] = nil
        indexes.extinction = indexes.all
    }

    // MARK: Checks

    private mutating func put(_ check: HealthCheck, _ touched: inout Set<WatchKey>) {
        let key = check.key
        let old = checks.updateValue(check, forKey: key)
        if old == nil { Self.insert(key.id, into: &allChecksOfNode[key.node, default: []]) }
        if let old {
            // Most changes are of a status alone.
            if old.serviceID == check.serviceID { return touchOwner(of: check, &touched) }
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
        Self.remove(key.id, from: &allChecksOfNode[key.node, default: []])
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
        let place = place(of: element, in: sorted)
        if place < sorted.count, sorted[place] == element { return }
        sorted.insert(element, at: place)
    }

    private static func remove<Element: Comparable>(_ element: Element, from sorted: inout [Element]) {
        let place = place(of: element, in: sorted)
        if place < sorted.count, sorted[place] == element { sorted.remove(at: place) }
    }

    /// Where an element stands, or would.
    private static func place<Element: Comparable>(of element: Element, in sorted: [Element]) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
