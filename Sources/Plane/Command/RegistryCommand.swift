import Configuration
import FoundationEssentials
import Glibc
import HTTP
import Reactor
import Registry
import Telemetry

/// `vigie registry`: the embedded registry as a process.
enum RegistryCommand {
    static func run(_ arguments: [String]) -> Never {
        Signals.block([SIGTERM, SIGINT])
        // What is written to a reader that has gone is an error of that write alone.
        signal(SIGPIPE, SIG_IGN)
        let options = load(arguments)
        OpenFileLimit.raise()
        do {
            let group = try EventLoopGroup(
                count: options.loops > 0 ? options.loops : EventLoopGroup.processorCount
            )
            exit(group.runBlocking { await serve(options, on: group) })
        } catch { fail("\(error)", VigieCommand.Status.failed) }
    }

    private static func load(_ arguments: [String]) -> RegistryOptions {
        let schema = ConfigurationSchema(program: "vigie registry", parts: [RegistryOptions.self])
        let environment = ProcessInfo.processInfo.environment
        do {
            guard schema.filePath(arguments: arguments, environment: environment) == nil else {
                fail(
                    "--config: not supported here yet; use flags or the environment",
                    VigieCommand.Status.usage
                )
            }
            let sources = ConfigurationSources(arguments: arguments, environment: environment)
            switch try schema.load(from: sources) {
            case .run(let configuration): return configuration[RegistryOptions.self]
            case .show(let text):
                StandardStream.output.write(line: text)
                exit(VigieCommand.Status.ended)
            }
        } catch { fail("\(error)", VigieCommand.Status.usage) }
    }

    private static func serve(_ options: RegistryOptions, on group: EventLoopGroup) async -> Int32 {
        let writer = LogWriter(loops: group.loops.count)
        let logs = LogOutput(
            service: "registry",
            instance: "registry-\(options.port)",
            style: .suited(environment: ProcessInfo.processInfo.environment),
            sink: writer
        )
        defer { writer.close(by: .now + .seconds(1)) }
        do {
            let metrics = MetricRegistry(loops: group.loops)
            try metrics.observeProcess()
            try metrics.observe(group)
            let signals = try Signals.arrivals(of: [SIGTERM, SIGINT], on: group.loops[0])
            let registry = try await RegistryServer(options.registry, on: group, metrics: metrics, logs: logs)
            let result = try await registry.run(
                until: { await first(of: signals) },
                ready: { address in
                    StandardStream.output.write(line: "vigie registry: listening on http://\(address)")
                }
            )
            return result == .drained ? VigieCommand.Status.ended : VigieCommand.Status.forced
        } catch {
            StandardStream.error.write(line: "vigie registry: \(error)")
            return VigieCommand.Status.failed
        }
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
    fileprivate var registry: RegistrySettings {
        var settings = RegistrySettings()
        settings.address = SocketAddress(numericHost: host, port: UInt16(port)) ?? settings.address
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
