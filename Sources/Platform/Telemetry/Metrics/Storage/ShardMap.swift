import Reactor

/// Tells which part of the storage the calling thread writes: each loop of the registry has a part of its own, all
/// other threads share the last one.
@safe struct ShardMap: Sendable {
    struct Shard: Equatable {
        let index: Int
        /// Whether no other thread writes it, so that a load and a store do for an addition.
        let isExclusive: Bool
    }

    // Allocated once for a registry, written in `init` only and never freed (docs/adr/0006).
    private nonisolated(unsafe) let loops: UnsafeMutableBufferPointer<ObjectIdentifier>

    /// The number of shards.
    let count: Int

    init(loops: [EventLoop]) {
        let all = UnsafeMutableBufferPointer<ObjectIdentifier>.allocate(capacity: loops.count)
        _ = unsafe all.initialize(from: loops.map(ObjectIdentifier.init))
        unsafe self.loops = all
        count = loops.count + 1
    }

    /// The caller's shard. A loop of another group is told apart by its identity: it shares the last one.
    @inline(__always) var current: Shard {
        let mark = ThreadMark.current
        guard mark.index >= 0, mark.index < count - 1, unsafe loops[mark.index] == mark.loop else {
            return Shard(index: count - 1, isExclusive: false)
        }
        return Shard(index: mark.index, isExclusive: true)
    }
}
