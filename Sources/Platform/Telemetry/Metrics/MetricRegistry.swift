public import Reactor
import Synchronization

/// All metrics of a process: one is made when it starts and passed to whoever declares metrics.
public final class MetricRegistry: Sendable {
    /// How many series a metric may have beside the one of the overflow.
    public let seriesLimit: Int
    private let storage: MetricStorage
    let refusals: SeriesRefusals
    private let declared = Mutex(DeclaredFamilies())

    /// Makes a registry with nothing but the counter of refused series in it.
    ///
    /// - Parameters:
    ///   - loops: those that will count the most: each gets memory of its own. All other threads share.
    ///   - seriesLimit: how many label sets a metric may have.
    public init(loops: [EventLoop], seriesLimit: Int = 2_000) {
        self.seriesLimit = seriesLimit
        storage = MetricStorage(shards: ShardMap(loops: loops))
        // As many series as there are metrics, and none without a name.
        let refused = MetricFamily(SeriesRefusals.definition, storage, limit: .max, refusals: nil)
        refusals = SeriesRefusals(refused)
        declared.withLock { $0.insert(refused, SeriesRefusals.definition) }
    }

    /// Declares a metric to count in.
    ///
    /// - Throws: ``MetricError`` when the definition breaks a rule, or the metric or one that exposes a series of the same
    ///   name is declared already.
    public func declare<Instrument>(
        _ definition: MetricDefinition<Instrument>
    ) throws(MetricError) -> MetricFamily<Instrument> {
        let family = MetricFamily(definition, storage, limit: seriesLimit, refusals: refusals)
        try add(family, definition)
        return family
    }

    /// Reads all metrics, by name. Counting goes on meanwhile.
    public func snapshot() -> [FamilySnapshot] {
        let families = declared.withLock { $0.all }
        return families.map { $0.snapshot() }
    }

    /// Takes a family in, when its definition keeps the rules.
    func add(
        _ family: some FamilySource,
        _ definition: MetricDefinition<some Sendable>
    ) throws(MetricError) {
        try MetricGrammar.check(definition)
        let owner = declared.withLock { declared -> String? in
            if let owner = declared.owner(of: definition) { return owner }
            declared.insert(family, definition)
            return nil
        }
        if let owner { throw MetricError(code: .taken(by: owner), metric: definition.name) }
    }
}
