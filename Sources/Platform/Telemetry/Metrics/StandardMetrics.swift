/// The metrics that services have, with the names, units, labels and buckets of OpenTelemetry's semantic conventions in
/// Prometheus' form: the one place where they are written.
///
/// Label values come from closed lists and route templates, never from what a client sent. An unknown method is
/// `_OTHER`; `error_type` is empty where nothing failed.
public enum StandardMetrics: Sendable {
    private static let httpLabels = [
        "http_request_method", "http_route", "http_response_status_code", "url_scheme", "error_type",
    ]

    // MARK: HTTP

    /// Requests answered, however they ended.
    public static let httpServerRequestDuration = MetricDefinition<Histogram>(
        "http_server_request_duration_seconds",
        help: "Duration of HTTP server requests.",
        unit: .seconds,
        bounds: .http,
        labels: httpLabels
    )
    /// Requests being handled.
    public static let httpServerActiveRequests = MetricDefinition<UpDownCounter>(
        "http_server_active_requests",
        help: "HTTP server requests in flight.",
        labels: ["http_request_method", "url_scheme"]
    )
    /// Messages that broke the protocol or a limit, by the rule.
    public static let httpServerRefusals = MetricDefinition<Counter>(
        "http_server_refusals_total",
        help: "Messages refused because they broke the protocol or a limit.",
        labels: ["reason"]
    )
    /// Outgoing calls, one measurement a physical attempt.
    public static let httpClientRequestDuration = MetricDefinition<Histogram>(
        "http_client_request_duration_seconds",
        help: "Duration of HTTP client requests, each attempt for itself.",
        unit: .seconds,
        bounds: .http,
        labels: httpLabels + ["server_address"]
    )
    /// Calls of gRPC methods.
    public static let rpcServerCallDuration = MetricDefinition<Histogram>(
        "rpc_server_call_duration_seconds",
        help: "Duration of RPC server calls.",
        unit: .seconds,
        bounds: .http,
        labels: ["rpc_system_name", "rpc_method", "rpc_response_status_code", "error_type"]
    )

    // MARK: Database

    /// Statements.
    public static let dbClientOperationDuration = MetricDefinition<Histogram>(
        "db_client_operation_duration_seconds",
        help: "Duration of database client operations.",
        unit: .seconds,
        bounds: .database,
        labels: ["db_system_name", "db_operation_name", "db_collection_name"]
    )
    /// Connections, by state `idle` or `used`.
    public static let dbClientConnections = MetricDefinition<Gauge>(
        "db_client_connections",
        help: "Connections of the pool, by state.",
        labels: ["state"]
    )
    /// The pool's limit.
    public static let dbClientConnectionsMax = MetricDefinition<Gauge>(
        "db_client_connections_max",
        help: "Connections that the pool may open."
    )
    /// Callers waiting for a connection.
    public static let dbClientConnectionsPendingRequests = MetricDefinition<Gauge>(
        "db_client_connections_pending_requests",
        help: "Requests that wait for a connection of the pool."
    )
    /// How long they waited.
    public static let dbClientConnectionsWaitTime = MetricDefinition<Histogram>(
        "db_client_connections_wait_time_seconds",
        help: "Time that requests waited for a connection of the pool.",
        unit: .seconds,
        bounds: .database
    )

    // MARK: Messaging

    private static let messagingLabels = [
        "messaging_system", "messaging_operation_name", "messaging_destination_name", "error_type",
    ]
    /// Sending and receiving.
    public static let messagingClientOperationDuration = MetricDefinition<Histogram>(
        "messaging_client_operation_duration_seconds",
        help: "Duration of messaging operations of a producer or consumer.",
        unit: .seconds,
        bounds: .http,
        labels: messagingLabels
    )
    /// Handlers of messages.
    public static let messagingProcessDuration = MetricDefinition<Histogram>(
        "messaging_process_duration_seconds",
        help: "Duration of processing a message.",
        unit: .seconds,
        bounds: .http,
        labels: messagingLabels
    )
    /// How long the oldest event waits to be sent.
    public static let messagingOutboxAge = MetricDefinition<Gauge>(
        "messaging_outbox_age_seconds",
        help: "Age of the oldest event in the outbox.",
        unit: .seconds
    )
    /// Messages given up.
    public static let messagingDeadLetters = MetricDefinition<Gauge>(
        "messaging_dead_letters",
        help: "Messages that were given up and wait for a person."
    )
    /// Sagas on their way.
    public static let sagaActive = MetricDefinition<Gauge>(
        "saga_active",
        help: "Sagas in progress, by the step they are at.",
        labels: ["saga", "step"]
    )
    /// Sagas that need a person.
    public static let sagaStuck = MetricDefinition<Gauge>(
        "saga_stuck",
        help: "Sagas that make no progress."
    )
}
