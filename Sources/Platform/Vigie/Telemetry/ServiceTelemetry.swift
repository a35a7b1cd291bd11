import Reactor
import Startup
public import Telemetry

/// A process's metrics, traces and logs, made before anything else and closed behind everything else.
public struct ServiceTelemetry: Sendable {
    /// Metrics.
    public let metrics: MetricRegistry
    /// Begins spans.
    public let tracer: Tracer
    /// Where loggers write.
    public let logs: LogOutput
    /// What is asked to send spans and to say how that goes; nil where none are sent.
    let exporter: BatchSpanExporter?
    private let writer: LogWriter?

    /// Puts the parts together, for tests: what is kept in memory needs neither exporter nor writer.
    public init(metrics: MetricRegistry, tracer: Tracer, logs: LogOutput) {
        self.metrics = metrics
        self.tracer = tracer
        self.logs = logs
        exporter = nil
        writer = nil
    }

    /// Makes what the options ask for.
    ///
    /// - Throws: ``SystemError`` for a file of traces that can't be opened.
    init(
        _ identity: ServiceIdentity,
        _ log: LogOptions,
        _ trace: TraceOptions,
        on group: EventLoopGroup
    ) throws(SystemError) {
        let writer = LogWriter(loops: group.loops.count)
        self.writer = writer
        logs = LogOutput(
            service: identity.name.name,
            instance: identity.instance,
            style: log.logStyle,
            levels: LogOptions.levels(log.level) ?? LogLevels(),
            sink: writer
        )
        metrics = MetricRegistry(loops: group.loops)
        exporter = try trace.exporter(identity.attributes, on: group)
        tracer = trace.tracer(exporter)
    }

    /// Declares what every process tells of itself.
    ///
    /// - Throws: ``MetricError`` when it was declared before.
    func observeProcess(_ identity: ServiceIdentity, on group: EventLoopGroup) throws(MetricError) {
        try metrics.observeProcess()
        try metrics.observe(group)
        try metrics.describe(identity)
        if let exporter { try metrics.observe(exporter) }
        if let writer {
            try metrics.observe(StandardMetrics.logLinesDropped) {
                [MetricReading(Double(writer.droppedLines))]
            }
        }
    }

    /// Sends the spans that wait, until `deadline`; then the logs. The log's thread is waited for on the blocking pool.
    func close(by deadline: MonotonicInstant, on group: EventLoopGroup) async {
        if let exporter, await !exporter.flush(by: deadline) {
            Logger("vigie", to: logs).warning(
                "traces were not all sent",
                ["waiting": .int(exporter.counters.waiting)]
            )
        }
        closeLogs(by: max(deadline, .now + .milliseconds(200)))
    }

    /// Writes what waits, and ends the log. Blocks for as long as standard output is stuck, at most to `deadline`.
    func closeLogs(by deadline: MonotonicInstant) {
        logs.flush()
        writer?.close(by: deadline)
    }
}
