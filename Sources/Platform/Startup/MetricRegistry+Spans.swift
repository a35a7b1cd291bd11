package import Telemetry

extension MetricRegistry {
    /// Declares what becomes of spans.
    package func observe(_ exporter: BatchSpanExporter) throws(MetricError) {
        try observe(StandardMetrics.spansExported) {
            let counters = exporter.counters
            return [
                MetricReading(Double(counters.exported), labels: ["exported"]),
                MetricReading(Double(counters.dropped), labels: ["dropped"]),
                MetricReading(Double(counters.failed), labels: ["failed"]),
            ]
        }
        try observe(StandardMetrics.spansWaiting) { [MetricReading(Double(exporter.counters.waiting))] }
    }
}
