import Synchronization

/// One thread's view of the words that it may change.
@safe struct CellWriter: ~Copyable {
    // Never dangles: cells are never freed (docs/adr/0006).
    let cells: UnsafeMutablePointer<Cell>
    private let isExclusive: Bool

    init(_ cells: UnsafeMutablePointer<Cell>, isExclusive: Bool) {
        unsafe self.cells = cells
        self.isExclusive = isExclusive
    }

    /// Adds to a whole number; it wraps at 2⁶⁴.
    @inline(__always) func add(_ amount: UInt64, at index: Int) {
        guard isExclusive else {
            unsafe cells[index].wrappingAdd(amount, ordering: .relaxed)
            return
        }
        let value = unsafe cells[index].load(ordering: .relaxed)
        unsafe cells[index].store(value &+ amount, ordering: .relaxed)
    }

    /// Adds to a word that holds the bits of a `Double`.
    @inline(__always) func accumulate(_ amount: Double, at index: Int) {
        var bits = unsafe cells[index].load(ordering: .relaxed)
        guard !isExclusive else {
            let sum = Double(bitPattern: bits) + amount
            unsafe cells[index].store(sum.bitPattern, ordering: .relaxed)
            return
        }
        while true {
            let sum = Double(bitPattern: bits) + amount
            let (done, found) = unsafe cells[index].weakCompareExchange(
                expected: bits,
                desired: sum.bitPattern,
                ordering: .relaxed
            )
            if done { return }
            bits = found
        }
    }
}
