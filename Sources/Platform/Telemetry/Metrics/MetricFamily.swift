import Synchronization

/// All series of one metric that the program counts in.
///
/// Looking a series up takes a lock and hashes its label values: do it once, when a route or a pool is made, and keep
/// what comes back. For values known only later, such as status codes, there is ``SeriesTable``.
public final class MetricFamily<Instrument: Sendable>: FamilySource {
    private struct Series {
        let labels: LabelSet
        let instrument: Instrument
    }
    private struct State {
        var indices: [[String]: Int] = [:]
        var all: [Series] = []
        /// Stands for what is beyond the limit, once something is.
        var overflow: Instrument?
    }

    /// What this metric is.
    public let definition: MetricDefinition<Instrument>
    private let storage: MetricStorage
    private let limit: Int
    private let refusals: SeriesRefusals?
    private let state = Mutex(State())

    init(
        _ definition: MetricDefinition<Instrument>,
        _ storage: MetricStorage,
        limit: Int,
        refusals: SeriesRefusals?
    ) {
        self.definition = definition
        self.storage = storage
        self.limit = limit
        self.refusals = refusals
    }

    var name: String { definition.name }

    /// The series with these label values, in the order of the declared labels; made when there is none.
    ///
    /// Beyond the registry's limit it is the series `overflow="true"`, and the lookup is counted in
    /// `metrics_series_refused_total`. Values longer than ``LabelSet/valueByteLimit`` are cut.
    /// - Throws: ``MetricError`` when there are more or fewer values than labels.
    public func with(_ values: String...) throws(MetricError) -> Instrument { try with(values) }

    /// The same for values in an array.
    public func with(_ values: [String]) throws(MetricError) -> Instrument {
        guard values.count == definition.labels.count else {
            let code = MetricError.Code.labelCount(expected: definition.labels.count, got: values.count)
            throw MetricError(code: code, metric: definition.name)
        }
        return series(values) ?? overflow()
    }

    /// The series that takes what has no other; counts the refusal.
    func overflow() -> Instrument {
        refusals?.count(for: definition.name)
        return state.withLock { state in
            if let overflow = state.overflow { return overflow }
            let instrument = definition.make(storage)
            state.overflow = instrument
            state.all.append(Series(labels: .overflow, instrument: instrument))
            return instrument
        }
    }

    func snapshot() -> FamilySnapshot {
        let all = state.withLock { $0.all }
        let series = all.map {
            FamilySnapshot.Series(labels: $0.labels, value: definition.read($0.instrument))
        }
        return FamilySnapshot(definition, series: series)
    }

    private func series(_ values: [String]) -> Instrument? {
        let values = values.map(LabelSet.bounded)
        return state.withLock { state in
            if let index = state.indices[values] { return state.all[index].instrument }
            guard state.indices.count < limit else { return nil }
            let labels = LabelSet(names: definition.labels, values: values)
            let instrument = definition.make(storage)
            state.indices[values] = state.all.count
            state.all.append(Series(labels: labels, instrument: instrument))
            return instrument
        }
    }
}
