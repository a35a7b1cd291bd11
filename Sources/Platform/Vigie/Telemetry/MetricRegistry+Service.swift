import Telemetry

extension MetricRegistry {
    /// Declares `target_info`, which says who tells all this.
    func describe(_ identity: ServiceIdentity) throws(MetricError) {
        let info = try declare(StandardMetrics.targetInfo)
        _ = try info.with(identity.name.name, identity.namespace, identity.instance, identity.version)
    }
}
