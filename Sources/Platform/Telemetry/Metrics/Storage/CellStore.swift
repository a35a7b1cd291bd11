import Synchronization

/// Hands out cells, densely: what one loop writes lies together, and away from what others write.
///
/// Memory is never given back. A registry lives as long as its process, and the number of its series is bounded; in
/// return a handle is a plain address (docs/adr/0006).
final class CellStore: Sendable {
    /// The largest number of words that one series may have.
    static let capacity = 512

    let shards: ShardMap

    private struct Block {
        let cells: Cells
        var used = 0
    }
    private let block = Mutex(Block?.none)

    init(shards: ShardMap) { self.shards = shards }

    /// Takes `count` words in each shard, all zero.
    func allocate(_ count: Int) -> Cells {
        precondition(
            count <= Self.capacity,
            "a series of \(count) words: HistogramBounds allows none so long"
        )
        return block.withLock { block in
            var current = block ?? Block(cells: makeBlock())
            if current.used + count > Self.capacity { current = Block(cells: makeBlock()) }
            defer { block = Block(cells: current.cells, used: current.used + count) }
            return current.cells.advanced(by: current.used)
        }
    }

    private func makeBlock() -> Cells {
        let count = shards.count * Cells.wordsPerShard
        let raw = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 128)
        let cells = unsafe raw.bindMemory(to: Cell.self, capacity: count)
        for index in 0..<count { unsafe (cells + index).initialize(to: Cell(0)) }
        return unsafe Cells(first: cells, shards: shards)
    }
}
