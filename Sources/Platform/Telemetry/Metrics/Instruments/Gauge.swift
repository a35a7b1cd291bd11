/// One series of a value that is set: an age, a ratio, a limit.
///
/// What can be asked for at any time is better observed (``MetricRegistry/observe(_:_:)-(MetricDefinition<Gauge>,_)``)
/// than set over and over.
public struct Gauge: Sendable {
    private let cells: Cells

    init(_ storage: MetricStorage) { cells = storage.cells.allocate(1) }

    /// Replaces the value; the last one wins. From any thread.
    public func set(_ value: Double) { cells.store(value.bitPattern, at: 0) }

    /// The value that was set last, 0 before.
    public var value: Double { Double(bitPattern: cells.total(0)) }
}
