import Reactor
import Telemetry

/// What the registry tells of itself beside what every server tells.
struct RegistryMetrics: Sendable {
    let registrations: Counter
    let deregistrations: Counter
    let notifications: Counter
    let checkRuns: Counter
    let instances: Gauge
    let watchersWaiting: Gauge
    let syncSeconds: Histogram
    /// 1, or 0 while the disk refuses writes.
    let isLogWritable: Gauge
    /// Seconds since 1970 of the last snapshot; 0 for none.
    let snapshotTime: Gauge

    init(_ registry: MetricRegistry) throws(MetricError) {
        registrations = try registry.declare(Self.registrationsTotal).with()
        deregistrations = try registry.declare(Self.deregistrationsTotal).with()
        notifications = try registry.declare(Self.notificationsTotal).with()
        checkRuns = try registry.declare(Self.checkRunsTotal).with()
        instances = try registry.declare(Self.instancesNow).with()
        watchersWaiting = try registry.declare(Self.watchers).with()
        syncSeconds = try registry.declare(Self.syncDuration).with()
        isLogWritable = try registry.declare(Self.logWritable).with()
        isLogWritable.set(1)
        snapshotTime = try registry.declare(Self.snapshotTimestamp).with()
    }

    private static let registrationsTotal = MetricDefinition<Counter>(
        "registry_registrations_total",
        help: "Instances registered or changed."
    )
    private static let deregistrationsTotal = MetricDefinition<Counter>(
        "registry_deregistrations_total",
        help: "Instances removed, by request or because they were critical for too long."
    )
    private static let notificationsTotal = MetricDefinition<Counter>(
        "registry_notifications_total",
        help: "Blocked queries woken by a change."
    )
    private static let checkRunsTotal = MetricDefinition<Counter>(
        "registry_check_runs_total",
        help: "Runs of HTTP and TCP checks."
    )
    private static let instancesNow = MetricDefinition<Gauge>(
        "registry_instances",
        help: "Instances in the catalogue."
    )
    private static let watchers = MetricDefinition<Gauge>(
        "registry_watchers_waiting",
        help: "Blocked queries that wait for a change."
    )
    private static let syncDuration = MetricDefinition<Histogram>(
        "registry_log_sync_seconds",
        help: "Time of a write to the log with its fdatasync; each may carry many requests.",
        unit: .seconds,
        bounds: HistogramBounds([0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1])
    )
    private static let logWritable = MetricDefinition<Gauge>(
        "registry_log_writable",
        help: "Whether writes can be stored: 0 while the disk refuses them."
    )
    private static let snapshotTimestamp = MetricDefinition<Gauge>(
        "registry_snapshot_timestamp_seconds",
        help: "When the last snapshot was written, in seconds since 1970; 0 for none.",
        unit: .seconds
    )
}
