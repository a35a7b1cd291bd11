import Telemetry

/// What is told of the limits: all is kept by the limits themselves and read at a scrape.
struct LimitMetrics: Sendable {
    /// The zones as they are now.
    var zones: @Sendable () -> [RateLimiter]
    /// The zones with a shared store.
    var sharedZones: @Sendable () -> [SharedRateLimiter]
    /// The bounds on what is in flight, by name: `process`, a route's, `caller`.
    var inFlight: @Sendable () -> [(name: String, count: Int, refused: UInt64)]
    /// The adaptive limits.
    var shedders: @Sendable () -> [LoadShedder]

    /// Declares the metrics; once for a registry.
    ///
    /// - Throws: ``MetricError`` when they are declared already.
    func declare(in registry: MetricRegistry) throws(MetricError) {
        try observeZones(registry)
        try registry.observe(StandardMetrics.gatewayRateLimitStoreFailures) { [sharedZones] in
            sharedZones().map { MetricReading(Double($0.failures), labels: [$0.local.limit.name]) }
        }
        try registry.observe(StandardMetrics.gatewayInFlight) { [inFlight] in
            inFlight().map { MetricReading(Double($0.count), labels: [$0.name]) }
        }
        try registry.observe(StandardMetrics.gatewayInFlightRefused) { [inFlight] in
            inFlight().map { MetricReading(Double($0.refused), labels: [$0.name]) }
        }
        try registry.observe(StandardMetrics.gatewayConcurrencyLimit) { [shedders] in
            shedders().map { MetricReading(Double($0.limit), labels: [$0.service]) }
        }
        try registry.observe(StandardMetrics.gatewayShed) { [shedders] in
            shedders().map { MetricReading(Double($0.shed), labels: [$0.service]) }
        }
    }

    private func observeZones(_ registry: MetricRegistry) throws(MetricError) {
        try registry.observe(StandardMetrics.gatewayRateLimited) { [zones] in
            zones().map { MetricReading(Double($0.refused), labels: [$0.limit.name]) }
        }
        try registry.observe(StandardMetrics.gatewayRateLimitKeys) { [zones] in
            zones().map { MetricReading(Double($0.keyCount), labels: [$0.limit.name]) }
        }
        try registry.observe(StandardMetrics.gatewayRateLimitBytes) { [zones] in
            zones().map { MetricReading(Double($0.byteCount), labels: [$0.limit.name]) }
        }
        try registry.observe(StandardMetrics.gatewayRateLimitEvictions) { [zones] in
            zones().map { MetricReading(Double($0.evictions), labels: [$0.limit.name]) }
        }
    }
}
