import HTTP
import Telemetry

/// What the front tells of itself and of nginx.
struct FrontMetrics: Sendable {
    private let requests: MetricFamily<Histogram>
    private let upstreams: MetricFamily<Histogram>
    private let refusals: [AccessLine.Refusal: Counter]
    private let lost: Counter
    /// Reloads by what became of them.
    let reloads: MetricFamily<Counter>
    /// Starts of nginx beyond the first.
    let restarts: Counter

    /// Declares the metrics.
    ///
    /// - Throws: `MetricError` when they are declared already.
    init(in registry: MetricRegistry) throws(MetricError) {
        requests = try registry.declare(StandardMetrics.frontRequestDuration)
        upstreams = try registry.declare(StandardMetrics.frontUpstreamDuration)
        let refused = try registry.declare(StandardMetrics.frontRefused)
        var refusals: [AccessLine.Refusal: Counter] = [:]
        for reason in AccessLine.Refusal.allCases { refusals[reason] = try refused.with(reason.rawValue) }
        self.refusals = refusals
        lost = try registry.declare(StandardMetrics.frontLogLinesLost).with()
        reloads = try registry.declare(StandardMetrics.frontReloads)
        for result in ReloadResult.allCases { _ = try reloads.with(result.rawValue) }
        restarts = try registry.declare(StandardMetrics.frontNginxRestarts).with()
    }

    /// Measures a line of the access log; one that can't be read is counted.
    func take(_ line: ArraySlice<UInt8>) {
        guard let line = AccessLine(line) else { return lost.add() }
        // No answer was sent: the client had gone, or broke HTTP/2.
        guard line.status > 0 else { return }
        let zone = line.zone.isEmpty ? "none" : line.zone
        let method = HTTPMethod(line.method).map { MethodLabel($0).value } ?? "_OTHER"
        (try? requests.with(zone, method, String(line.status)))?.record(line.duration)
        if let duration = line.upstreamDuration { (try? upstreams.with(zone))?.record(duration) }
        if let refusal = line.refusal { refusals[refusal]?.add() }
    }

    /// Counts a reload.
    func reloaded(_ result: ReloadResult) { (try? reloads.with(result.rawValue))?.add() }
}

/// What became of a new configuration.
enum ReloadResult: String, Sendable, CaseIterable {
    /// New workers serve with it.
    case done
    /// nginx does not take it: the old one stays.
    case refused
    /// nginx took it, and no new workers came.
    case failed
}
