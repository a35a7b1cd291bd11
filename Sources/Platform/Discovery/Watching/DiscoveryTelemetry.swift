import Reactor
import Synchronization
public import Telemetry

/// The metrics of discovery: one for a process.
///
/// `discovery_instances`, `discovery_snapshot_age_seconds` (the oldest set's) and `discovery_propagation_seconds`. A watch is
/// shown as long as somebody holds it.
public final class DiscoveryTelemetry: Sendable {
    let propagation: Histogram
    private let watches: WatchList

    /// Declares the metrics.
    ///
    /// - Throws: `MetricError` when they are declared already: there is one of these for each registry.
    public init(in registry: MetricRegistry) throws(MetricError) {
        let watches = WatchList()
        self.watches = watches
        propagation = try registry.declare(StandardMetrics.discoveryPropagation).with()
        try registry.observe(StandardMetrics.discoveryInstances) { watches.counts }
        try registry.observe(StandardMetrics.discoverySnapshotAge) { watches.age }
    }

    /// From now on the watch is shown.
    public func show(_ watch: ServiceWatch) { watches.add(watch) }
}

private final class WatchList: Sendable {
    private struct Entry {
        weak var watch: ServiceWatch?
    }

    private let entries: Mutex<[Entry]> = Mutex([])

    func add(_ watch: ServiceWatch) {
        entries.withLock { entries in
            entries.removeAll { $0.watch == nil }
            entries.append(Entry(watch: watch))
        }
    }

    private var all: [ServiceWatch] { entries.withLock { $0.compactMap(\.watch) } }

    /// All states of all services, the zeros too: what vanishes from a graph is no alert. Two watches of one service see
    /// the same.
    var counts: [MetricReading<Double>] {
        var seen: Set<String> = []
        return all.filter { seen.insert($0.service).inserted }.flatMap { watch in
            let instances = watch.instances
            return CheckStatus.allCases.map { status in
                let count = instances.count { $0.status == status }
                return MetricReading(Double(count), labels: [watch.service, status.rawValue])
            }
        }
    }

    /// The oldest set's age; nothing where none is known yet.
    var age: [MetricReading<Double>] {
        let now = MonotonicInstant.now
        guard let oldest = all.compactMap({ $0.age(at: now) }).max() else { return [] }
        return [MetricReading(Double(oldest.nanoseconds) / 1e9)]
    }
}
