import Telemetry

extension MetricRegistry {
    /// Declares `target_info`, which says who tells all this.
    func describe(_ identity: ServiceIdentity) throws(MetricError) {
        let info = try declare(StandardMetrics.targetInfo)
        _ = try info.with(identity.name.name, identity.namespace, identity.instance, identity.version)
    }

    /// Declares what becomes of spans.
    func observe(_ exporter: BatchSpanExporter) throws(MetricError) {
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
