import Telemetry

/// What is told of DNS.
struct DNSMetrics: Sendable {
    let udp: Counter
    let tcp: Counter
    let dropped: Counter

    init(_ registry: MetricRegistry) throws(MetricError) {
        let queries = try registry.declare(Self.queriesTotal)
        udp = try queries.with("udp")
        tcp = try queries.with("tcp")
        dropped = try registry.declare(Self.droppedTotal).with()
    }

    private static let queriesTotal = MetricDefinition<Counter>(
        "registry_dns_queries_total",
        help: "DNS messages received.",
        labels: ["transport"]
    )
    private static let droppedTotal = MetricDefinition<Counter>(
        "registry_dns_dropped_total",
        help: "Datagrams and connections of DNS that were dropped because too many waited."
    )
}
