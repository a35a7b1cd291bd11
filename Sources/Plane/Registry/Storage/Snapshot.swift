/// All tables as one record of the log's form.
enum Snapshot {
    static func encode(_ tables: Tables) -> [UInt8] {
        var mutations: [Mutation] = []
        for node in tables.nodes.values { mutations.append(.putNode(node)) }
        for instance in tables.services.values { mutations.append(.putService(instance)) }
        for check in tables.checks.values { mutations.append(.putCheck(check)) }
        tables.kv.forEach(under: KVKey([])) { mutations.append(.putKV($0)) }
        for session in tables.sessions.values { mutations.append(.putSession(session)) }
        // What the puts above have set is replaced by what it was.
        for (name, index) in tables.serviceIndexes { mutations.append(.serviceIndex(name, index)) }
        for (name, index) in tables.nodeIndexes { mutations.append(.nodeIndex(name, index)) }
        for (key, index) in tables.tombstones { mutations.append(.tombstone(key, index)) }
        mutations.append(.indexes(tables.indexes))
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: mutations.count, by: recordLength) {
            let part = Array(mutations[start..<min(start + recordLength, mutations.count)])
            LogRecord(index: UInt64(start / recordLength + 1), mutations: part).append(to: &bytes)
        }
        return bytes
    }

    /// Mutations in one record: far below the limit of a payload, even if each is the largest value.
    private static let recordLength = 64

    /// Reads a snapshot; nil when any of it is not as it was written.
    static func decode(_ bytes: [UInt8]) -> Tables? {
        let scan = LogScan(bytes)
        // The indexes come last: with them it is whole.
        guard scan.end == bytes.count, case .indexes? = scan.records.last?.mutations.last else { return nil }
        var tables = Tables()
        var touched: Set<WatchKey> = []
        for record in scan.records {
            for mutation in record.mutations { tables.apply(mutation, touching: &touched) }
            touched.removeAll(keepingCapacity: true)
        }
        return tables
    }
}
