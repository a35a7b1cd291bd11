import Configuration
import FoundationEssentials
import Glibc
import HTTP
import Reactor
import Registry
import Startup
import Telemetry

/// `vigie registry`: the embedded registry as a process.
enum RegistryCommand {
    /// How long spans may take to leave at the end.
    private static let flushTime = Duration.seconds(2)

    static func run(_ arguments: [String]) -> Never {
        Signals.block([SIGTERM, SIGINT])
        // What is written to a reader that has gone, or beyond a limit of file sizes, is an error of that write alone.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        let configuration = load(arguments)
        OpenFileLimit.raise()
        do {
            let loops = configuration[RegistryOptions.self].loops
            let group = try EventLoopGroup(count: loops > 0 ? loops : EventLoopGroup.processorCount)
            exit(group.runBlocking { await serve(configuration, on: group) })
        } catch { fail("\(error)", VigieCommand.Status.failed) }
    }

    private static func load(_ arguments: [String]) -> LoadedConfiguration {
        let schema = ConfigurationSchema(
            program: "vigie registry",
            parts: [RegistryOptions.self, LogOptions.self, TraceOptions.self]
        )
        let environment = ProcessInfo.processInfo.environment
        do {
            var sources = ConfigurationSources(arguments: arguments, environment: environment)
            if let path = schema.filePath(arguments: arguments, environment: environment) {
                sources.file = try ConfigurationTree(file: path)
                sources.fileName = path
            }
            switch try schema.load(from: sources) {
            case .run(let configuration): return configuration
            case .show(let text):
                StandardStream.output.write(line: text)
                exit(VigieCommand.Status.ended)
            }
        } catch { fail("\(error)", VigieCommand.Status.usage) }
    }

    private static func serve(_ configuration: LoadedConfiguration, on group: EventLoopGroup) async -> Int32 {
        let options = configuration[RegistryOptions.self]
        let log = configuration[LogOptions.self]
        let trace = configuration[TraceOptions.self]
        let writer = LogWriter(loops: group.loops.count)
        let logs = LogOutput(
            service: RegistryOptions.service,
            instance: options.instance,
            style: log.logStyle,
            levels: LogOptions.levels(log.level) ?? LogLevels(),
            sink: writer
        )
        defer {
            logs.flush()
            writer.close(by: .now + .seconds(1))
        }
        do {
            let exporter = try trace.exporter(options.attributes, on: group)
            let metrics = try metrics(options, exporter, writer, on: group)
            let signals = try Signals.arrivals(of: [SIGTERM, SIGINT], on: group.loops[0])
            let registry = try await RegistryServer(
                options.registry,
                on: group,
                metrics: metrics,
                logs: logs,
                tracer: trace.tracer(exporter)
            )
            return try await withThrowingTaskGroup(of: Void.self) { tasks in
                if let exporter { tasks.addTask(executorPreference: group.loops[0]) { await exporter.run() } }
                let result = await Result { try await run(registry, until: signals) }
                if let exporter, await !exporter.flush(by: .now + flushTime) {
                    Logger("registry", to: logs).warning("traces were not all sent")
                }
                tasks.cancelAll()
                return try result.get() == .drained ? VigieCommand.Status.ended : VigieCommand.Status.forced
            }
        } catch {
            StandardStream.error.write(line: "vigie registry: \(error)")
            return VigieCommand.Status.failed
        }
    }

    private static func run(
        _ registry: RegistryServer,
        until signals: AsyncStream<Int32>
    ) async throws -> HTTPServer.DrainResult {
        try await registry.run(
            until: { await first(of: signals) },
            ready: { address in
                StandardStream.output.write(line: "vigie registry: listening on http://\(address)")
            },
            dnsReady: { address in
                StandardStream.output.write(line: "vigie registry: DNS on \(address), UDP and TCP")
            }
        )
    }

    /// What every process tells of itself.
    private static func metrics(
        _ options: RegistryOptions,
        _ exporter: BatchSpanExporter?,
        _ writer: LogWriter,
        on group: EventLoopGroup
    ) throws(MetricError) -> MetricRegistry {
        let metrics = MetricRegistry(loops: group.loops)
        try metrics.observeProcess()
        try metrics.observe(group)
        let info = try metrics.declare(StandardMetrics.targetInfo)
        _ = try info.with(RegistryOptions.service, "", options.instance, RegistryServer.version)
        if let exporter { try metrics.observe(exporter) }
        try metrics.observe(StandardMetrics.logLinesDropped) { [MetricReading(Double(writer.droppedLines))] }
        return metrics
    }

    private static func first(of signals: AsyncStream<Int32>) async {
        for await _ in signals { return }
    }

    private static func fail(_ text: String, _ status: Int32) -> Never {
        StandardStream.error.write(line: "vigie registry: \(text)")
        exit(status)
    }
}

extension RegistryOptions {
    /// What it is called in logs, metrics and traces.
    fileprivate static let service = "registry"

    /// This process beside others.
    fileprivate var instance: String { "\(Self.service)-\(Self.hostName)-\(port)" }

    /// What traces say of the process.
    fileprivate var attributes: Attributes {
        [
            .serviceName: .string(Self.service), .serviceInstanceID: .string(instance),
            .serviceVersion: .string(RegistryServer.version),
        ]
    }

    fileprivate var registry: RegistrySettings {
        var settings = RegistrySettings()
        settings.address = SocketAddress(numericHost: host, port: UInt16(port)) ?? settings.address
        settings.dnsAddress = dnsPort.map { settings.address.with(port: UInt16($0)) }
        settings.dataFolder = dataFolder
        settings.token = token
        settings.nodeName = node ?? Self.hostName
        return settings
    }

    private static var hostName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
        let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(name.prefix { $0 != "." })
    }
}

extension Result where Failure == any Error {
    /// What `body` returns or throws, on the caller's actor.
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
