import HTTP
import Reactor

/// A part of the cache: answers by key, within a number of bytes; the one not used for longest goes first.
struct CacheShard: Sendable {
    private struct Node: Sendable {
        let key: CacheKey
        let response: StoredResponse
        var previous = -1
        var next = -1
    }

    /// The variants of one target; beyond, its oldest goes.
    static let variantLimit = 32
    /// Counters by which a fetch finds out that its target was changed meanwhile.
    private static let epochCount = 64

    private let limit: Int
    private var nodes: [Node?] = []
    private var free: [Int] = []
    private var places: [CacheKey: [Int]] = [:]
    private var newest = -1
    private var oldest = -1
    private var epochs = [UInt32](repeating: 0, count: epochCount)
    /// Bytes of all answers in it, with what keeping them takes.
    private(set) var byteCount = 0
    /// Answers that gave way to others.
    private(set) var evictions: UInt64 = 0

    /// Makes an empty part of so many bytes.
    init(byteLimit: Int) { limit = byteLimit }

    /// How many answers there are.
    var count: Int { nodes.count - free.count }

    /// The answer for a request, the latest of several that would do, and notes its use.
    mutating func find(_ key: CacheKey, route: String, _ request: HTTPFields) -> CacheLookup {
        guard let variants = places[key] else { return CacheLookup() }
        var lookup = CacheLookup()
        var found = -1
        for place in variants {
            guard let response = nodes[place]?.response, response.route == route else { continue }
            lookup.note(response)
            guard response.vary.selection(request) == response.selection else { continue }
            if let best = lookup.stored, response.age.response.monotonic < best.age.response.monotonic {
                continue
            }
            lookup.stored = response
            found = place
        }
        if found >= 0 { moveToFront(found) }
        return lookup
    }

    /// Keeps an answer in the place of the one it replaces, unless its target was changed since `epoch`.
    ///
    /// - Returns: whether it is kept.
    mutating func insert(_ key: CacheKey, _ response: StoredResponse, since epoch: UInt32) -> Bool {
        guard epoch == self.epoch(of: key), cost(key, response) <= limit else { return false }
        for place in places[key] ?? [] {
            guard let old = nodes[place]?.response, old.route == response.route, old.vary == response.vary,
                old.selection == response.selection
            else { continue }
            remove(place)
        }
        if let variants = places[key], variants.count >= Self.variantLimit { evict(variants[0]) }
        while byteCount + cost(key, response) > limit, oldest >= 0 { evict(oldest) }
        add(key, response)
        return true
    }

    /// Forgets all answers of a target, of every route.
    mutating func invalidate(_ key: CacheKey) {
        epochs[epochIndex(key)] &+= 1
        for place in places[key] ?? [] { remove(place) }
    }

    /// Forgets one answer, if it is still this one.
    mutating func remove(_ key: CacheKey, _ response: StoredResponse) {
        for place in places[key] ?? [] where nodes[place]?.response === response { remove(place) }
    }

    /// Stands for the target's state; another number once it was invalidated. Targets may share it.
    func epoch(of key: CacheKey) -> UInt32 { epochs[epochIndex(key)] }

    // MARK: List

    private func epochIndex(_ key: CacheKey) -> Int { key.hash & (Self.epochCount - 1) }

    private func cost(_ key: CacheKey, _ response: StoredResponse) -> Int {
        response.byteCount + key.bytes.count
    }

    private mutating func add(_ key: CacheKey, _ response: StoredResponse) {
        let place = free.popLast() ?? nodes.count
        if place == nodes.count { nodes.append(nil) }
        nodes[place] = Node(key: key, response: response)
        places[key, default: []].append(place)
        byteCount += cost(key, response)
        linkInFront(place)
    }

    private mutating func evict(_ place: Int) {
        evictions += 1
        remove(place)
    }

    private mutating func remove(_ place: Int) {
        guard let node = nodes[place] else { return }
        unlink(place)
        nodes[place] = nil
        free.append(place)
        byteCount -= cost(node.key, node.response)
        places[node.key]?.removeAll { $0 == place }
        if places[node.key]?.isEmpty == true { places[node.key] = nil }
    }

    private mutating func moveToFront(_ place: Int) {
        guard newest != place else { return }
        unlink(place)
        linkInFront(place)
    }

    private mutating func linkInFront(_ place: Int) {
        nodes[place]?.previous = -1
        nodes[place]?.next = newest
        if newest >= 0 { nodes[newest]?.previous = place } else { oldest = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        guard let node = nodes[place] else { return }
        if node.previous >= 0 { nodes[node.previous]?.next = node.next } else { newest = node.next }
        if node.next >= 0 { nodes[node.next]?.previous = node.previous } else { oldest = node.previous }
    }
}

/// What a look-up found.
struct CacheLookup: Sendable {
    /// The answer that suits the request.
    var stored: StoredResponse?
    /// What the latest answer of the target depends on, also when it suits another request; nil without any.
    private(set) var vary: CacheVary?
    private var latest = MonotonicInstant(nanoseconds: .min)

    fileprivate mutating func note(_ response: StoredResponse) {
        guard latest <= response.age.response.monotonic else { return }
        latest = response.age.response.monotonic
        vary = response.vary
    }
}
