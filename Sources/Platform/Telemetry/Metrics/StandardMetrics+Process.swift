import Reactor

extension StandardMetrics {
    // MARK: The process (Prometheus, "Writing client libraries", process metrics)

    /// User and system time.
    public static let processCPU = MetricDefinition<Counter>(
        "process_cpu_seconds_total",
        help: "Total user and system CPU time spent in seconds.",
        unit: .seconds
    )
    /// Memory in RAM.
    public static let processResidentMemory = MetricDefinition<Gauge>(
        "process_resident_memory_bytes",
        help: "Resident memory size in bytes.",
        unit: .bytes
    )
    /// Address space.
    public static let processVirtualMemory = MetricDefinition<Gauge>(
        "process_virtual_memory_bytes",
        help: "Virtual memory size in bytes.",
        unit: .bytes
    )
    /// Descriptors.
    public static let processOpenFiles = MetricDefinition<Gauge>(
        "process_open_fds",
        help: "Number of open file descriptors."
    )
    /// The soft limit.
    public static let processMaxFiles = MetricDefinition<Gauge>(
        "process_max_fds",
        help: "Maximum number of open file descriptors."
    )
    /// Threads.
    public static let processThreads = MetricDefinition<Gauge>(
        "process_threads",
        help: "Number of OS threads in the process."
    )
    /// When it began.
    public static let processStartTime = MetricDefinition<Gauge>(
        "process_start_time_seconds",
        help: "Start time of the process since unix epoch in seconds.",
        unit: .seconds
    )

    // MARK: Who it is

    /// The resource (OpenTelemetry, "Resource Attributes" of the Prometheus exporter).
    public static let targetInfo = MetricDefinition<Info>(
        "target_info",
        help: "Target metadata.",
        labels: ["service_name", "service_namespace", "service_instance_id", "service_version"]
    )
    /// What was built.
    public static let buildInfo = MetricDefinition<Info>(
        "vigie_build_info",
        help: "The build of the platform that the service runs on.",
        labels: ["version", "revision"]
    )

    // MARK: Event loops and the blocking pool

    /// Turns by their length: how long an event may have waited.
    public static let eventLoopLag = MetricDefinition<Histogram>(
        "event_loop_lag_seconds",
        help: "Length of the event loop's turns: how long an event may have to wait.",
        unit: .seconds,
        bounds: HistogramBounds(LoopStatistics.lagBounds.map { Double($0) / 1e9 }),
        labels: ["loop"]
    )
    /// The turn in progress.
    public static let eventLoopCurrentLag = MetricDefinition<Gauge>(
        "event_loop_current_lag_seconds",
        help: "Length so far of the event loop's turn in progress; 0 while it waits.",
        unit: .seconds,
        labels: ["loop"]
    )
    /// The longest turn.
    public static let eventLoopLongestTurn = MetricDefinition<Gauge>(
        "event_loop_longest_turn_seconds",
        help: "The longest turn of the event loop since it began.",
        unit: .seconds,
        labels: ["loop"]
    )
    /// Time spent working.
    public static let eventLoopBusy = MetricDefinition<Counter>(
        "event_loop_busy_seconds_total",
        help: "Time that the event loop spent working.",
        unit: .seconds,
        labels: ["loop"]
    )
    /// Calls on the blocking pool.
    public static let blockingPoolCalls = MetricDefinition<Gauge>(
        "blocking_pool_calls",
        help: "Calls on the blocking pool, by state.",
        labels: ["state"]
    )
    /// Calls that found the queue full.
    public static let blockingPoolRefused = MetricDefinition<Counter>(
        "blocking_pool_refused_total",
        help: "Calls refused because the blocking pool's queue was full."
    )

    // MARK: Telemetry itself

    /// Spans that left the process, or did not.
    public static let spansExported = MetricDefinition<Counter>(
        "telemetry_spans_total",
        help: "Spans, by what became of them: exported, dropped because the queue was full, failed.",
        labels: ["outcome"]
    )
    /// Spans in the queue.
    public static let spansWaiting = MetricDefinition<Gauge>(
        "telemetry_spans_waiting",
        help: "Spans that wait to be exported."
    )
    /// Lines that nobody read in time.
    public static let logLinesDropped = MetricDefinition<Counter>(
        "log_lines_dropped_total",
        help: "Log lines dropped because their reader was too slow."
    )
    /// What a service needs.
    public static let dependencyUp = MetricDefinition<Gauge>(
        "service_dependency_up",
        help: "Whether a dependency of the service answers: 1 or 0.",
        labels: ["dependency"]
    )
}
