import Synchronization
import Telemetry

/// What the cache did, counted.
final class CacheFigures: Sendable {
    /// How a request was answered.
    enum Result: String, Sendable, CaseIterable {
        /// From the cache, fresh or as stale as the client takes it.
        case hit
        /// From the cache though stale, as the service allows.
        case stale
        /// From the cache, after the service confirmed it.
        case revalidated
        /// By another request's fetch.
        case collapsed
        /// By the service.
        case miss
        /// By the service, the cache having no part in it.
        case bypass
    }

    private let hit = Atomic<UInt64>(0)
    private let stale = Atomic<UInt64>(0)
    private let revalidated = Atomic<UInt64>(0)
    private let collapsed = Atomic<UInt64>(0)
    private let miss = Atomic<UInt64>(0)
    private let bypass = Atomic<UInt64>(0)

    /// Counts a request.
    func count(_ result: Result) {
        switch result {
        case .hit: hit.add(1, ordering: .relaxed)
        case .stale: stale.add(1, ordering: .relaxed)
        case .revalidated: revalidated.add(1, ordering: .relaxed)
        case .collapsed: collapsed.add(1, ordering: .relaxed)
        case .miss: miss.add(1, ordering: .relaxed)
        case .bypass: bypass.add(1, ordering: .relaxed)
        }
    }

    /// The count of a result.
    subscript(result: Result) -> UInt64 {
        switch result {
        case .hit: hit.load(ordering: .relaxed)
        case .stale: stale.load(ordering: .relaxed)
        case .revalidated: revalidated.load(ordering: .relaxed)
        case .collapsed: collapsed.load(ordering: .relaxed)
        case .miss: miss.load(ordering: .relaxed)
        case .bypass: bypass.load(ordering: .relaxed)
        }
    }
}

extension ResponseCache {
    /// Declares the cache's metrics; once for a registry.
    ///
    /// - Throws: ``MetricError`` when they are declared already.
    func declareMetrics(in registry: MetricRegistry) throws(MetricError) {
        try registry.observe(StandardMetrics.gatewayCacheRequests) { [figures] in
            CacheFigures.Result.allCases.map { MetricReading(Double(figures[$0]), labels: [$0.rawValue]) }
        }
        try registry.observe(StandardMetrics.gatewayCacheBytes) { [store] in
            [MetricReading(Double(store.byteCount))]
        }
        try registry.observe(StandardMetrics.gatewayCacheEntries) { [store] in
            [MetricReading(Double(store.count))]
        }
        try registry.observe(StandardMetrics.gatewayCacheEvictions) { [store] in
            [MetricReading(Double(store.evictions))]
        }
    }
}
