import HTTP
import Synchronization

/// All that is kept, in parts with a lock each, so that two loops seldom meet at one.
final class CacheStore: Sendable {
    private final class Part: Sendable {
        let shard: Mutex<CacheShard>
        init(_ shard: CacheShard) { self.shard = Mutex(shard) }
    }

    private let parts: [Part]

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - byteLimit: over all parts.
    ///   - partCount: a power of two.
    init(byteLimit: Int, partCount: Int) {
        precondition(
            partCount > 0 && partCount & (partCount - 1) == 0,
            "the number of parts is a power of two"
        )
        parts = (0..<partCount).map { _ in Part(CacheShard(byteLimit: byteLimit / partCount)) }
    }

    /// See ``CacheShard/find(_:route:_:)``.
    func find(_ key: CacheKey, route: String, _ request: HTTPFields) -> CacheLookup {
        part(key).shard.withLock { $0.find(key, route: route, request) }
    }

    /// See ``CacheShard/insert(_:_:since:)``.
    func insert(_ key: CacheKey, _ response: StoredResponse, since epoch: UInt32) -> Bool {
        part(key).shard.withLock { $0.insert(key, response, since: epoch) }
    }

    /// See ``CacheShard/invalidate(_:)``.
    func invalidate(_ key: CacheKey) { part(key).shard.withLock { $0.invalidate(key) } }

    /// See ``CacheShard/remove(_:_:)``.
    func remove(_ key: CacheKey, _ response: StoredResponse) {
        part(key).shard.withLock { $0.remove(key, response) }
    }

    /// See ``CacheShard/epoch(of:)``.
    func epoch(of key: CacheKey) -> UInt32 { part(key).shard.withLock { $0.epoch(of: key) } }

    /// Bytes of all answers, with what keeping them takes.
    var byteCount: Int { parts.reduce(0) { $0 + $1.shard.withLock { $0.byteCount } } }
    /// How many answers there are.
    var count: Int { parts.reduce(0) { $0 + $1.shard.withLock { $0.count } } }
    /// Answers that gave way to others.
    var evictions: UInt64 { parts.reduce(0) { $0 + $1.shard.withLock { $0.evictions } } }

    // Other bits than those that a dictionary begins with.
    private func part(_ key: CacheKey) -> Part {
        parts[Int(truncatingIfNeeded: UInt64(bitPattern: Int64(key.hash)) >> 40) & (parts.count - 1)]
    }
}
