import Synchronization

/// The series of one metric that differ in a small number, each looked up when it is first used.
///
/// A route knows its method, template and scheme when it is made; the status code comes with the answer. A table made
/// with the route turns the code into a series by one load:
///
///     let durations = SeriesTable(family, count: 500) { ["GET", "/notes/{id}", "\($0 + 100)", "http", ""] }
///     durations[status - 100].record(seconds)
@safe public final class SeriesTable<Instrument: Sendable>: Sendable {
    private typealias Slot = Atomic<UnsafeMutablePointer<Instrument>?>

    /// How many series there can be.
    public let count: Int
    private let family: MetricFamily<Instrument>
    private let labels: @Sendable (Int) -> [String]
    // Allocated in `init`, freed in `deinit`; each slot is set once.
    private nonisolated(unsafe) let slots: UnsafeMutablePointer<Slot>

    /// Makes an empty table: eight bytes a series.
    ///
    /// - Parameters:
    ///   - family: the metric.
    ///   - count: how many series there can be.
    ///   - labels: the label values of the series at an index, in the order of the declared labels. Another number of
    ///     values leads to the series of the overflow.
    public init(
        _ family: MetricFamily<Instrument>,
        count: Int,
        labels: @escaping @Sendable (_ index: Int) -> [String]
    ) {
        self.family = family
        self.count = count
        self.labels = labels
        unsafe slots = .allocate(capacity: max(1, count))
        for index in 0..<count { unsafe (slots + index).initialize(to: Slot(nil)) }
    }

    deinit {
        for index in 0..<count {
            guard let found = unsafe slots[index].load(ordering: .relaxed) else { continue }
            unsafe found.deinitialize(count: 1)
            unsafe found.deallocate()
        }
        unsafe slots.deinitialize(count: count)
        unsafe slots.deallocate()
    }

    /// The series at `index`; outside of 0..<`count` the series of the overflow. From any thread.
    public subscript(index: Int) -> Instrument {
        guard index >= 0, index < count else { return family.overflow() }
        guard let found = unsafe slots[index].load(ordering: .acquiring) else { return resolve(index) }
        return unsafe found.pointee
    }

    private func resolve(_ index: Int) -> Instrument {
        let instrument = (try? family.with(labels(index))) ?? family.overflow()
        let box = UnsafeMutablePointer<Instrument>.allocate(capacity: 1)
        unsafe box.initialize(to: instrument)
        let (isFirst, _) = unsafe slots[index].compareExchange(
            expected: nil,
            desired: box,
            ordering: .acquiringAndReleasing
        )
        guard !isFirst else { return instrument }
        // Another thread was faster with the same series.
        unsafe box.deinitialize(count: 1)
        unsafe box.deallocate()
        return instrument
    }
}
