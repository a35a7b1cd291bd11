import Reactor

/// Operations on keys that happen together or not at all (consul-http-api.md §4.7, "txn").
struct Transaction: Sendable {
    /// The most operations.
    static let limit = 64

    struct Operation: Sendable {
        let verb: String
        let key: KVKey
        let value: [UInt8]
        let flags: UInt64
        let index: UInt64
        let session: String
    }

    /// Why it did not happen.
    struct Problem: Sendable, Equatable {
        let operation: Int
        let text: String
    }

    /// An entry that an operation tells, with its value or without.
    struct Result: Sendable {
        let entry: KVEntry
        let hasValue: Bool
    }

    let operations: [Operation]

    var isReadOnly: Bool {
        operations.allSatisfy { $0.verb.hasPrefix("get") || $0.verb.hasPrefix("check") }
    }
}

extension RegistryState {
    /// Does all operations, or none.
    mutating func run(
        _ transaction: Transaction,
        at now: MonotonicInstant
    ) -> ([Transaction.Result], [Transaction.Problem]) {
        // A copy takes the changes; it becomes the state when none failed. Tables that it changes are copied.
        var trial = self
        var results: [Transaction.Result] = []
        var problems: [Transaction.Problem] = []
        for (place, operation) in transaction.operations.enumerated() {
            do throws(Refusal) {
                results += try trial.run(operation, at: now)
            } catch {
                problems.append(Transaction.Problem(operation: place, text: error.text))
            }
        }
        guard problems.isEmpty else { return ([], problems) }
        self = trial
        return (results, [])
    }

    private mutating func run(
        _ operation: Transaction.Operation,
        at now: MonotonicInstant
    ) throws(Refusal) -> [Transaction.Result] {
        let key = operation.key
        switch operation.verb {
        case "set": set(key, operation.value, flags: operation.flags)
        case "cas":
            guard set(key, operation.value, flags: operation.flags, ifIndexIs: operation.index) else {
                throw stale(key)
            }
        case "lock":
            let session = operation.session
            guard try acquire(key, operation.value, flags: operation.flags, for: session, at: now) else {
                throw Refusal(.conflict, "failed to lock key \"\(key.text)\", lock is already held")
            }
        case "unlock":
            guard release(key, operation.value, flags: operation.flags, of: operation.session) else {
                throw Refusal(
                    .conflict,
                    "failed to unlock key \"\(key.text)\", lock isn't held, or is held by another session"
                )
            }
        case "delete": return deleted { $0.delete(key, at: now) }
        case "delete-tree": return deleted { $0.deleteAll(under: key, at: now) }
        case "delete-cas":
            guard delete(key, ifIndexIs: operation.index, at: now) else { throw stale(key) }
            return []
        default: return try read(operation)
        }
        return tables.kv[key].map { [Transaction.Result(entry: $0, hasValue: false)] } ?? []
    }

    private mutating func deleted(_ body: (inout RegistryState) -> Void) -> [Transaction.Result] {
        body(&self)
        return []
    }

    private func read(_ operation: Transaction.Operation) throws(Refusal) -> [Transaction.Result] {
        let key = operation.key
        let entry = tables.kv[key]
        switch operation.verb {
        case "get":
            guard let entry else { throw absent(key) }
            return [Transaction.Result(entry: entry, hasValue: true)]
        case "get-or-empty":
            return [Transaction.Result(entry: entry ?? KVEntry(key: key, value: []), hasValue: true)]
        case "get-tree":
            var results: [Transaction.Result] = []
            tables.kv.forEach(under: key) { results.append(Transaction.Result(entry: $0, hasValue: true)) }
            return results
        case "check-index":
            guard let entry else { throw absent(key) }
            guard entry.modifyIndex == operation.index else {
                throw Refusal(
                    .conflict,
                    "current modify index \(entry.modifyIndex) does not match \(operation.index)"
                )
            }
        case "check-session":
            guard let entry else { throw absent(key) }
            guard entry.session == operation.session else {
                throw Refusal(
                    .conflict,
                    "current session \"\(entry.session)\" does not match \"\(operation.session)\""
                )
            }
        case "check-not-exists":
            guard entry == nil else { throw Refusal(.conflict, "key \"\(key.text)\" exists") }
            return []
        default: throw Refusal(.conflict, "unknown KV verb \"\(operation.verb)\"")
        }
        return entry.map { [Transaction.Result(entry: $0, hasValue: false)] } ?? []
    }

    private func absent(_ key: KVKey) -> Refusal { Refusal(.conflict, "key \"\(key.text)\" doesn't exist") }
    private func stale(_ key: KVKey) -> Refusal {
        Refusal(.conflict, "failed to set key \"\(key.text)\", index is stale")
    }
}
