/// One series of measurements, counted by size in fixed buckets.
///
/// A plain value, free to copy and to keep. Recording takes no lock, on a loop of the registry's group not even an
/// atomic addition.
public struct Histogram: Sendable {
    // In each shard: a count for each bound, one for what is above them all, and the sum's bits.
    private let cells: Cells
    // In each shard: an exemplar slot for each bucket.
    private let exemplars: Cells
    private let bounds: HistogramBounds

    init(_ storage: MetricStorage, _ bounds: HistogramBounds) {
        self.bounds = bounds
        cells = storage.cells.allocate(bounds.count + 2)
        exemplars = storage.exemplars.allocate((bounds.count + 1) * ExemplarSlot.wordCount)
    }

    /// Records one measurement. From any thread.
    ///
    /// - Parameters:
    ///   - value: in the metric's unit, most often seconds. What is no finite number from 0 on is not recorded: it would
    ///     spoil the sum for as long as the process lives.
    ///   - exemplar: the trace it was measured in, when that is kept. The bucket shows its last one, in OpenMetrics.
    public func record(_ value: Double, exemplar: Exemplar? = nil) {
        guard value >= 0, value < .infinity else { return }
        let bucket = bounds.bucket(of: value)
        let shard = cells.shards.current
        let writer = cells.writer(shard)
        writer.add(1, at: bucket)
        writer.accumulate(value, at: bounds.count + 1)
        guard let exemplar else { return }
        let slots = exemplars.writer(shard)
        unsafe ExemplarSlot(slots.cells + bucket * ExemplarSlot.wordCount).store(exemplar, value: value)
    }

    /// All measurements so far, over all threads. What others record meanwhile may be in it or not; the count always
    /// agrees with the buckets.
    public var value: HistogramValue {
        HistogramValue(
            counts: (0...bounds.count).map { cells.total($0) },
            sum: cells.load(bounds.count + 1).reduce(0) { $0 + Double(bitPattern: $1) },
            exemplars: (0...bounds.count).map(lastExemplar)
        )
    }

    private func lastExemplar(of bucket: Int) -> HistogramValue.ShownExemplar? {
        var last: HistogramValue.ShownExemplar?
        unsafe exemplars.forEachShard(from: bucket * ExemplarSlot.wordCount) { words in
            guard let (found, value) = unsafe ExemplarSlot(words).load() else { return }
            if let last, last.exemplar.time >= found.time { return }
            last = HistogramValue.ShownExemplar(exemplar: found, value: value)
        }
        return last
    }
}
