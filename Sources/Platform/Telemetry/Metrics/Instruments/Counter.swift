/// One series of a number that only grows.
///
/// A plain value, free to copy and to keep. Adding takes no lock, on a loop of the registry's group not even an atomic
/// addition.
public struct Counter: Sendable {
    private let cells: Cells

    init(_ storage: MetricStorage) { cells = storage.cells.allocate(1) }

    /// Adds `amount`; the count wraps at 2⁶⁴. From any thread.
    public func add(_ amount: UInt64 = 1) { cells.writer(cells.shards.current).add(amount, at: 0) }

    /// The count so far, over all threads. What others add meanwhile may be in it or not.
    public var value: UInt64 { cells.total(0) }
}
