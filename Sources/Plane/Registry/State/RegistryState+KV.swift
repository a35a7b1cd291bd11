import Reactor

/// The key-value store.
extension RegistryState {
    /// Stores a value; a lock on the key stays.
    mutating func set(_ key: KVKey, _ value: [UInt8], flags: UInt64) {
        var entry = tables.kv[key] ?? KVEntry(key: key, value: [])
        entry.value = value
        entry.flags = flags
        store(entry)
    }

    /// Stores a value if the key was last changed at `index`; 0 is a key that is not there.
    mutating func set(_ key: KVKey, _ value: [UInt8], flags: UInt64, ifIndexIs index: UInt64) -> Bool {
        guard (tables.kv[key]?.modifyIndex ?? 0) == index else { return false }
        set(key, value, flags: flags)
        return true
    }

    /// Stores a value and takes the key's lock for a session.
    ///
    /// - Returns: false when another session holds it, or its lock-delay lasts.
    /// - Throws: for a session that is not there.
    mutating func acquire(
        _ key: KVKey,
        _ value: [UInt8],
        flags: UInt64,
        for session: String,
        at now: MonotonicInstant
    ) throws(Refusal) -> Bool {
        guard tables.sessions[session] != nil else {
            throw Refusal(.failed, "invalid session \"\(session)\"")
        }
        if let until = lockDelays[key], until > now { return false }
        var entry = tables.kv[key] ?? KVEntry(key: key, value: [])
        guard entry.session.isEmpty || entry.session == session else { return false }
        if entry.session.isEmpty { entry.lockIndex += 1 }
        entry.session = session
        entry.value = value
        entry.flags = flags
        store(entry)
        return true
    }

    /// Stores a value and gives the key's lock back; false for anybody but its holder.
    mutating func release(_ key: KVKey, _ value: [UInt8], flags: UInt64, of session: String) -> Bool {
        guard var entry = tables.kv[key], !session.isEmpty, entry.session == session else { return false }
        entry.session = ""
        entry.value = value
        entry.flags = flags
        store(entry)
        return true
    }

    /// Removes a key.
    mutating func delete(_ key: KVKey, at now: MonotonicInstant) {
        guard tables.kv[key] != nil else { return }
        write(.removeKV(key))
        removals.append((key, now))
    }

    /// Removes a key if it was last changed at `index`; one that is not there counts as removed.
    mutating func delete(_ key: KVKey, ifIndexIs index: UInt64, at now: MonotonicInstant) -> Bool {
        guard let entry = tables.kv[key] else { return true }
        guard entry.modifyIndex == index else { return false }
        delete(key, at: now)
        return true
    }

    /// Removes all keys that begin with `prefix`.
    mutating func deleteAll(under prefix: KVKey, at now: MonotonicInstant) {
        var keys: [KVKey] = []
        tables.kv.forEach(under: prefix) { keys.append($0.key) }
        for key in keys { delete(key, at: now) }
    }
}
