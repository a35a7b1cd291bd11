import HTTP
import Reactor
import Telemetry

/// What `--telemetry full` adds to each request: metrics, a span that is recorded and exported to nowhere, and a line of
/// the access log on standard output. What that costs is one of the benchmarks' figures.
struct HelloTelemetry: Sendable {
    private static let routes = [
        HTTPRouteName(.get, "/1k"), HTTPRouteName(.get, "/"), HTTPRouteName(.post, "/echo"),
    ]

    let server: HTTPServerTelemetry
    private let exporter: BatchSpanExporter
    private let writer: LogWriter

    init(on group: EventLoopGroup) throws(MetricError) {
        exporter = BatchSpanExporter(to: DiscardingSpanTransport(), on: group)
        writer = LogWriter(loops: group.loops.count)
        let output = LogOutput(service: "hello", instance: "hello", sink: writer)
        var settings = HTTPServerTelemetry.Settings()
        settings.tracer = Tracer(sink: exporter)
        settings.accessLog = output
        settings.logger = Logger("hello", to: output)
        let registry = MetricRegistry(loops: group.loops)
        server = try HTTPServerTelemetry(registry, routes: Self.routes, settings: settings)
    }

    /// Exports until the task is cancelled.
    func run() async { await exporter.run() }

    /// Writes the last lines.
    func close() { writer.close(by: .now + .seconds(1)) }

    /// The place of a request's route among those above.
    static func route(of head: HTTPRequestHead) -> Int? {
        if head.isPath("/1k") { return 0 }
        if head.isPath("/") { return 1 }
        return head.isPath("/echo") ? 2 : nil
    }
}
