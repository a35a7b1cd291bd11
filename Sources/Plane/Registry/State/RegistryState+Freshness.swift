/// What a read looks at.
enum Scope: Sendable, Equatable {
    /// `catalog/nodes`.
    case nodes
    /// `catalog/node/N`, `health/node/N`.
    case node(String)
    /// `catalog/services`.
    case services
    /// `health/service/X`, `health/checks/X`, `catalog/service/X`.
    case service(String)
    /// `health/state/S`.
    case checks
    /// `kv/K`.
    case key(KVKey)
    /// `kv/P?recurse`, `kv/P?keys`.
    case keys(under: KVKey)
    /// `session/*`.
    case sessions
    /// `event/list`.
    case events(named: String?)
}

/// How new each kind of answer is, and what to wait for (consul-http-api.md §2, "Index scope").
extension RegistryState {
    func freshness(of scope: Scope) -> Freshness {
        switch scope {
        case .nodes: Freshness(index: tables.indexes.nodes, keys: [.nodes])
        case .node(let name): freshness(ofNode: name)
        case .services: Freshness(index: tables.indexes.services, keys: [.services])
        case .service(let name): freshness(ofService: name.lowercased())
        case .checks: Freshness(index: tables.indexes.checks, keys: [.checks])
        case .key(let key): freshness(ofKey: key)
        case .keys(let prefix): freshness(ofKeysUnder: prefix)
        case .sessions: Freshness(index: tables.indexes.sessions, keys: [.sessions])
        case .events(let name): Freshness(index: eventIndex(named: name), keys: [.events])
        }
    }

    private func freshness(ofService name: String) -> Freshness {
        if let index = tables.serviceIndexes[name] { return Freshness(index: index, keys: [.service(name)]) }
        let indexes = tables.indexes
        let newest = max(indexes.nodes, indexes.services, indexes.checks)
        return Freshness(
            index: indexes.extinction > 0 ? indexes.extinction : newest,
            changed: indexes.extinction,
            keys: [.service(name)]
        )
    }

    private func freshness(ofNode name: String) -> Freshness {
        if let index = tables.nodeIndexes[name] { return Freshness(index: index, keys: [.node(name)]) }
        return Freshness(
            index: max(tables.indexes.nodeExtinction, tables.indexes.nodes),
            changed: tables.indexes.nodeExtinction,
            keys: [.node(name)]
        )
    }

    private func freshness(ofKey key: KVKey) -> Freshness {
        if let entry = tables.kv[key] { return Freshness(index: entry.modifyIndex, keys: [.kv(key)]) }
        let removal = tables.tombstones[key]
        return Freshness(index: removal ?? tables.indexes.kv, changed: removal ?? 0, keys: [.kv(key)])
    }

    private func freshness(ofKeysUnder prefix: KVKey) -> Freshness {
        var newest: UInt64 = 0
        if prefix.bytes.isEmpty {
            newest = tables.indexes.kv
        } else {
            tables.kv.forEach(under: prefix) { newest = max(newest, $0.modifyIndex) }
            for (key, index) in tables.tombstones where index > newest && key.hasPrefix(prefix) {
                newest = index
            }
        }
        let index = newest > 0 ? newest : tables.indexes.kv
        return Freshness(index: index, changed: newest, keys: [.kvUnder(prefix)])
    }

    /// `event/list`: no order, only another one.
    func eventIndex(named name: String?) -> UInt64 {
        events.last { name == nil || $0.name == name }?.index ?? 1
    }
}
