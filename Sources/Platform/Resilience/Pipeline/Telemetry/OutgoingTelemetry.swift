import Synchronization
public import Telemetry

/// The metrics of all outgoing calls: one for a process, shared by its clients.
///
/// `http_client_request_duration_seconds`, `resilience_retries_total`, `resilience_breaker_state`,
/// `resilience_ejections_total` and `resilience_retry_budget_ratio`. A client is shown as long as somebody holds it, and an
/// instance as long as it is known.
public final class OutgoingTelemetry: Sendable {
    private let durations: MetricFamily<Histogram>
    let retries: Counter
    private let clients: ClientList

    /// Declares the metrics.
    ///
    /// - Throws: ``MetricError`` when they are declared already: there is one of these for each registry.
    public init(in registry: MetricRegistry) throws(MetricError) {
        let clients = ClientList()
        self.clients = clients
        durations = try registry.declare(StandardMetrics.httpClientRequestDuration)
        retries = try registry.declare(StandardMetrics.resilienceRetries).with()
        try registry.observe(StandardMetrics.resilienceBreakerState) { clients.breakers }
        try registry.observe(StandardMetrics.resilienceEjections) { clients.ejections }
        try registry.observe(StandardMetrics.resilienceRetryBudget) { clients.budget }
    }

    /// The series of one method and route, by how the attempt ended; `server_address` is the service's name, which is
    /// what its callers know, and not the instance, of which there may be ever new ones.
    func table(method: String, route: String, scheme: String, server: String) -> SeriesTable<Histogram> {
        SeriesTable(durations, count: AttemptEnd.count) { index in
            let end = AttemptEnd(seriesIndex: index)
            return [method, route, end.statusLabel, scheme, end.errorType ?? "", server]
        }
    }

    /// From now on the client's breakers and budget are shown.
    func show(_ client: ServiceClient) { clients.add(client) }
}

/// The clients that are shown, without keeping them.
private final class ClientList: Sendable {
    private struct Entry {
        weak var client: ServiceClient?
    }

    private let entries: Mutex<[Entry]> = Mutex([])

    func add(_ client: ServiceClient) {
        entries.withLock { entries in
            entries.removeAll { $0.client == nil }
            entries.append(Entry(client: client))
        }
    }

    private var all: [ServiceClient] { entries.withLock { $0.compactMap(\.client) } }

    /// By `service/instance`; where two clients call the same one, the worse state.
    var breakers: [MetricReading<Double>] {
        var states: [String: Double] = [:]
        for client in all {
            for (instance, state) in client.instances.breakers {
                let peer = "\(client.service)/\(instance.id)"
                states[peer] = max(states[peer] ?? 0, Double(state.rawValue))
            }
        }
        return states.sorted { $0.key < $1.key }.map { MetricReading($0.value, labels: [$0.key]) }
    }

    /// By `service/instance`; of all clients that call it.
    var ejections: [MetricReading<Double>] {
        var counts: [String: UInt64] = [:]
        for client in all {
            for (instance, count) in client.instances.ejections {
                counts["\(client.service)/\(instance.id)", default: 0] += count
            }
        }
        return counts.sorted { $0.key < $1.key }.map { MetricReading(Double($0.value), labels: [$0.key]) }
    }

    /// What is left of the budget that is nearest to its end.
    var budget: [MetricReading<Double>] { [MetricReading(all.map(\.remainingBudget).min() ?? 1)] }
}
