/// What a waiter waits for: a table, or a part of one.
enum WatchKey: Sendable, Hashable {
    case nodes
    case node(String)
    /// Which services there are, with their tags.
    case services
    /// An instance of the agent's, for `agent/service/:id`.
    case instance(ServiceKey)
    /// A service's instances with their nodes and checks, by lower-case name.
    case service(String)
    case checks
    case kv(KVKey)
    /// All keys that begin so.
    case kvUnder(KVKey)
    case sessions
    case events
}

/// How new an answer is.
struct Freshness: Sendable, Equatable {
    /// What the answer tells as `X-Consul-Index`, at least 1.
    let index: UInt64
    /// What is compared with the index that a client has. It differs from ``index`` where there is nothing to tell: then
    /// it is the index of the last removal that a client may have missed.
    let changed: UInt64
    /// What to wait for.
    let keys: [WatchKey]

    init(index: UInt64, changed: UInt64? = nil, keys: [WatchKey]) {
        self.index = max(1, index)
        self.changed = changed ?? index
        self.keys = keys
    }
}
