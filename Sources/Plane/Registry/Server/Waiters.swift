import Reactor

/// Who waits for what: a continuation and a timer each, no thread.
struct Waiters {
    private struct Waiter {
        let keys: [WatchKey]
        let continuation: CheckedContinuation<Void, Never>
        let timer: LoopLocal.Timer
    }

    private var all: [Int: Waiter] = [:]
    private var byKey: [WatchKey: Set<Int>] = [:]
    /// Prefixes of keys that somebody waits for.
    private var prefixes: Set<KVKey> = []

    var count: Int { all.count }

    mutating func add(
        _ id: Int,
        _ keys: [WatchKey],
        _ continuation: CheckedContinuation<Void, Never>,
        _ timer: LoopLocal.Timer
    ) {
        all[id] = Waiter(keys: keys, continuation: continuation, timer: timer)
        for key in keys {
            byKey[key, default: []].insert(id)
            if case .kvUnder(let prefix) = key { prefixes.insert(prefix) }
        }
    }

    /// Lets one go on; nothing happens when it does already.
    mutating func release(_ id: Int, on local: LoopLocal) {
        guard let waiter = all.removeValue(forKey: id) else { return }
        for key in waiter.keys {
            byKey[key]?.remove(id)
            guard byKey[key]?.isEmpty == true else { continue }
            byKey[key] = nil
            if case .kvUnder(let prefix) = key { prefixes.remove(prefix) }
        }
        local.cancel(waiter.timer)
        waiter.continuation.resume()
    }

    /// Lets go on who waits for any of `touched`; returns how many.
    mutating func wake(_ touched: Set<WatchKey>, on local: LoopLocal) -> Int {
        guard !all.isEmpty else { return 0 }
        var woken: Set<Int> = []
        for key in touched {
            if let ids = byKey[key] { woken.formUnion(ids) }
            guard case .kv(let changed) = key else { continue }
            for prefix in prefixes where changed.hasPrefix(prefix) {
                woken.formUnion(byKey[.kvUnder(prefix)] ?? [])
            }
        }
        for id in woken { release(id, on: local) }
        return woken.count
    }

    mutating func releaseAll(on local: LoopLocal) {
        for id in Array(all.keys) { release(id, on: local) }
    }
}
