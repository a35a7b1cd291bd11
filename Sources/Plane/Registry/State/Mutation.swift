/// One change of the tables as it is stored: the whole new object, or the name of what goes. Whoever applies the same
/// mutations in the same order has the same tables, whatever rules led to them.
enum Mutation: Sendable, Equatable {
    case putNode(Node)
    case removeNode(String)
    case putService(ServiceInstance)
    case removeService(ServiceKey)
    case putCheck(HealthCheck)
    case removeCheck(CheckKey)
    case putKV(KVEntry)
    case removeKV(KVKey)
    case putSession(Session)
    case removeSession(String)
    /// In snapshots only: the tables' indexes.
    case indexes(TableIndexes)
    /// In snapshots only: when a service last changed.
    case serviceIndex(String, UInt64)
    /// In snapshots only: when a node's services or checks last changed.
    case nodeIndex(String, UInt64)
    /// In snapshots only: when a key was removed.
    case tombstone(KVKey, UInt64)
}

/// When each table last changed; 0 for never.
struct TableIndexes: Sendable, Equatable {
    /// The one counter of all writes.
    var all: UInt64 = 1
    var nodes: UInt64 = 0
    var services: UInt64 = 0
    var checks: UInt64 = 0
    var kv: UInt64 = 0
    var sessions: UInt64 = 0
    /// When the last instance of any service went.
    var extinction: UInt64 = 0
    /// When any node went.
    var nodeExtinction: UInt64 = 0
}

/// What one write did: the mutations to store, and who may be woken.
struct Change: Sendable {
    var index: UInt64 = 0
    var mutations: [Mutation] = []
    var touched: Set<WatchKey> = []
}
