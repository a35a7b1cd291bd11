import Synchronization

/// One word of a metric.
typealias Cell = Atomic<UInt64>

/// The same few words in every shard: what one series counts in.
///
/// Two plain addresses into memory that is never freed (docs/adr/0006): copying it touches no reference count, which
/// all loops would share.
@safe struct Cells: Sendable {
    /// From a word in one shard to the same word in the next: 4 KiB and two cache lines. No two shards share a line, and
    /// the same word of two shards does not fall on the same set of a cache.
    static let wordsPerShard = 528

    // Points to `shards.count * wordsPerShard` words less an offset, of which `allocate` gave us some in each shard.
    private nonisolated(unsafe) let first: UnsafeMutablePointer<Cell>
    /// All cells of a registry have the same.
    let shards: ShardMap

    init(first: UnsafeMutablePointer<Cell>, shards: ShardMap) {
        unsafe self.first = first
        self.shards = shards
    }

    /// The words from `count` on.
    func advanced(by count: Int) -> Cells { unsafe Cells(first: first + count, shards: shards) }

    /// The words of the caller's own shard, good for use at once and on this thread only.
    @inline(__always) func writer(_ shard: ShardMap.Shard) -> CellWriter {
        unsafe CellWriter(first + shard.index * Self.wordsPerShard, isExclusive: shard.isExclusive)
    }

    /// The word `index` of each shard.
    func load(_ index: Int) -> some Sequence<UInt64> {
        (0..<shards.count).lazy.map {
            unsafe (first + $0 * Self.wordsPerShard + index).pointee.load(ordering: .relaxed)
        }
    }

    /// The word `index` of all shards, added up.
    func total(_ index: Int) -> UInt64 { load(index).reduce(0, &+) }

    /// A word that is not sharded: the first shard's, whoever asks.
    func store(_ value: UInt64, at index: Int) { unsafe first[index].store(value, ordering: .relaxed) }

    /// Lends `count` words from `index` on, shard by shard.
    func forEachShard(from index: Int, _ body: (UnsafeMutablePointer<Cell>) -> Void) {
        for shard in 0..<shards.count { unsafe body(first + shard * Self.wordsPerShard + index) }
    }
}
