import Telemetry

/// What the gateway tells of itself beside what every service does.
final class GatewayMetrics: Sendable {
    /// What requests took in the gateway alone.
    let overhead: Histogram
    private let refusals: MetricFamily<Counter>

    /// Declares the metrics.
    ///
    /// - Throws: ``MetricError`` when they are declared already.
    init(in registry: MetricRegistry, _ tunnels: OpenTunnels) throws(MetricError) {
        overhead = try registry.declare(StandardMetrics.gatewayOverhead).with()
        refusals = try registry.declare(StandardMetrics.gatewayRefused)
        try registry.observe(StandardMetrics.gatewayTunnels) {
            TunnelKind.allCases.map { MetricReading(Double(tunnels.count(of: $0)), labels: [$0.rawValue]) }
        }
    }

    /// Counts a request that the gateway answered with an error of its own.
    func refused(_ reason: String) { (try? refusals.with(reason))?.add() }
}
