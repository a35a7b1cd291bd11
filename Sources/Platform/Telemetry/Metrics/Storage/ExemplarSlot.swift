import Reactor
import Synchronization

/// Where one shard keeps a bucket's last exemplar: a sequence number, odd while somebody writes, and four words that
/// belong together (a seqlock; Boehm, "Can seqlocks get along with programming language memory models?", 2012).
@safe struct ExemplarSlot {
    static let wordCount = 5

    // Never dangles: cells are never freed (docs/adr/0006).
    private let words: UnsafeMutablePointer<Cell>

    init(_ words: UnsafeMutablePointer<Cell>) { unsafe self.words = words }

    /// Keeps `exemplar` with the measured `value`, unless another thread writes the same slot just now.
    func store(_ exemplar: Exemplar, value: Double) {
        let sequence = unsafe words[0].load(ordering: .relaxed)
        guard sequence & 1 == 0,
            unsafe words[0].compareExchange(expected: sequence, desired: sequence + 1, ordering: .acquiring)
                .exchanged
        else { return }
        atomicMemoryFence(ordering: .releasing)
        unsafe words[1].store(UInt64(truncatingIfNeeded: exemplar.traceID >> 64), ordering: .relaxed)
        unsafe words[2].store(UInt64(truncatingIfNeeded: exemplar.traceID), ordering: .relaxed)
        unsafe words[3].store(UInt64(bitPattern: exemplar.time.nanoseconds), ordering: .relaxed)
        unsafe words[4].store(value.bitPattern, ordering: .relaxed)
        unsafe words[0].store(sequence + 2, ordering: .releasing)
    }

    /// The exemplar; nil when there was none yet, or it is being replaced just now.
    func load() -> (Exemplar, value: Double)? {
        let sequence = unsafe words[0].load(ordering: .acquiring)
        let high = unsafe words[1].load(ordering: .relaxed)
        let low = unsafe words[2].load(ordering: .relaxed)
        let time = unsafe words[3].load(ordering: .relaxed)
        let value = unsafe words[4].load(ordering: .relaxed)
        atomicMemoryFence(ordering: .acquiring)
        let isWhole = unsafe words[0].load(ordering: .relaxed) == sequence
        guard sequence != 0, sequence & 1 == 0, isWhole else { return nil }
        let exemplar = Exemplar(
            traceID: UInt128(high) << 64 | UInt128(low),
            time: MonotonicInstant(nanoseconds: Int64(bitPattern: time))
        )
        return (exemplar, Double(bitPattern: value))
    }
}
