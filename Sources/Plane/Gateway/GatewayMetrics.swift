import Telemetry

/// What the gateway tells of itself beside what every service does.
struct GatewayMetrics: Sendable {
    /// What requests took in the gateway alone.
    let overhead: Histogram

    /// Declares the metrics.
    ///
    /// - Throws: ``MetricError`` when they are declared already.
    init(in registry: MetricRegistry) throws(MetricError) {
        overhead = try registry.declare(StandardMetrics.gatewayOverhead).with()
    }
}
