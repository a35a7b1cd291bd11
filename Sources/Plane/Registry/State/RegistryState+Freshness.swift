/// How new each kind of answer is, and what to wait for (contract §2, "Index scope").
extension RegistryState {
    /// `health/service/X`, `health/checks/X`, `catalog/service/X`.
    func freshness(ofService name: String) -> Freshness {
        let name = name.lowercased()
        if let index = tables.serviceIndexes[name] { return Freshness(index: index, keys: [.service(name)]) }
        let indexes = tables.indexes
        let newest = max(indexes.nodes, indexes.services, indexes.checks)
        return Freshness(
            index: indexes.extinction > 0 ? indexes.extinction : newest,
            changed: indexes.extinction,
            keys: [.service(name)]
        )
    }

    /// `catalog/node/N`, `health/node/N`.
    func freshness(ofNode name: String) -> Freshness {
        if let index = tables.nodeIndexes[name] { return Freshness(index: index, keys: [.node(name)]) }
        return Freshness(
            index: max(tables.indexes.nodeExtinction, tables.indexes.nodes),
            changed: tables.indexes.nodeExtinction,
            keys: [.node(name)]
        )
    }

    /// `catalog/nodes`.
    var nodesFreshness: Freshness { Freshness(index: tables.indexes.nodes, keys: [.nodes]) }
    /// `catalog/services`.
    var servicesFreshness: Freshness { Freshness(index: tables.indexes.services, keys: [.services]) }
    /// `health/state/S`.
    var checksFreshness: Freshness { Freshness(index: tables.indexes.checks, keys: [.checks]) }
    /// `session/*`.
    var sessionsFreshness: Freshness { Freshness(index: tables.indexes.sessions, keys: [.sessions]) }

    /// `kv/K`.
    func freshness(ofKey key: KVKey) -> Freshness {
        if let entry = tables.kv[key] { return Freshness(index: entry.modifyIndex, keys: [.kv(key)]) }
        let removal = tables.tombstones[key]
        return Freshness(index: removal ?? tables.indexes.kv, changed: removal ?? 0, keys: [.kv(key)])
    }

    /// `kv/P?recurse`, `kv/P?keys`.
    func freshness(ofKeysUnder prefix: KVKey) -> Freshness {
        var newest: UInt64 = 0
        if prefix.bytes.isEmpty {
            newest = tables.indexes.kv
        } else {
            tables.kv.forEach(under: prefix) { newest = max(newest, $0.modifyIndex) }
            for (key, index) in tables.tombstones where index > newest && key.hasPrefix(prefix) { newest = index }
        }
        let index = newest > 0 ? newest : tables.indexes.kv
        return Freshness(index: index, changed: newest, keys: [.kvUnder(prefix)])
    }

    /// `event/list`: no order, only another one.
    func eventIndex(named name: String?) -> UInt64 {
        events.last { name == nil || $0.name == name }?.index ?? 1
    }
}
