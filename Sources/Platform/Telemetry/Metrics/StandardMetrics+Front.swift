extension StandardMetrics {
    // MARK: Front

    /// Requests at the front, by nginx's log.
    public static let frontRequestDuration = MetricDefinition<Histogram>(
        "front_request_duration_seconds",
        help: "Duration of requests at the front, from their first byte to the last of the answer.",
        unit: .seconds,
        bounds: .http,
        labels: ["zone", "http_request_method", "http_response_status_code"]
    )
    /// What gateways took of them.
    public static let frontUpstreamDuration = MetricDefinition<Histogram>(
        "front_upstream_duration_seconds",
        help: "Time that gateways took for requests of the front, all attempts together.",
        unit: .seconds,
        bounds: .http,
        labels: ["zone"]
    )
    /// Errors of the front's own.
    public static let frontRefused = MetricDefinition<Counter>(
        "front_refused_total",
        help: "Requests that the front itself refused or could not pass on, by reason.",
        labels: ["reason"]
    )
    /// New configurations.
    public static let frontReloads = MetricDefinition<Counter>(
        "front_reloads_total",
        help: "New configurations of nginx, by what became of them: done, refused, failed.",
        labels: ["result"]
    )
    /// nginx's ends.
    public static let frontNginxRestarts = MetricDefinition<Counter>(
        "front_nginx_restarts_total",
        help: "How often nginx was started again because it had ended by itself."
    )
    /// nginx's connections.
    public static let frontConnections = MetricDefinition<Gauge>(
        "front_connections",
        help: "Connections of clients, by state.",
        labels: ["state"]
    )
    /// Whether nginx is there.
    public static let frontNginxUp = MetricDefinition<Gauge>(
        "front_nginx_up",
        help: "Whether nginx answers: 1 or 0."
    )
    /// nginx's workers.
    public static let frontWorkers = MetricDefinition<Gauge>(
        "front_workers",
        help: "Workers of nginx: serving, and leaving, which only finish what was open before a reload.",
        labels: ["state"]
    )
    /// The gateways in force.
    public static let frontGateways = MetricDefinition<Gauge>(
        "front_gateways",
        help: "Gateways that nginx passes requests on to."
    )
    /// Lines that say nothing.
    public static let frontLogLinesLost = MetricDefinition<Counter>(
        "front_log_lines_lost_total",
        help: "Lines of the access log that could not be read, and are missing in the other figures."
    )
}
