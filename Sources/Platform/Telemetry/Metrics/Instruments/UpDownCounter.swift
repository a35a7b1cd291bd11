/// One series of a number of things that come and go: requests in flight, open connections. Exposed as a gauge (the
/// name is OpenTelemetry's).
///
/// What is added on one thread may be taken away on another.
public struct UpDownCounter: Sendable {
    private let cells: Cells

    init(_ storage: MetricStorage) { cells = storage.cells.allocate(1) }

    /// Adds `amount`, negative to take away. From any thread.
    public func add(_ amount: Int64) {
        cells.writer(cells.shards.current).add(UInt64(bitPattern: amount), at: 0)
    }

    /// The number at present, over all threads; while others add, each shard is read at its own moment.
    public var value: Int64 { Int64(bitPattern: cells.total(0)) }
}
