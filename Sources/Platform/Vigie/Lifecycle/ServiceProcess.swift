import Configuration
import FoundationEssentials
import Glibc
import HTTP
import Reactor
import Startup
import Telemetry

/// A service as a process of its own.
enum ServiceProcess {
    private typealias Status = SignalWatch.Status

    /// What draining and flushing may take beyond their own times.
    private static let grace = Duration.seconds(5)

    /// Runs a service as this process; `program` is what its user typed, as help and errors name it.
    static func run<S: Service>(_ type: S.Type, as program: String, _ arguments: [String]) -> Never {
        Signals.block([SIGTERM, SIGINT])
        // What is written to a reader that has gone is an error of that write alone.
        signal(SIGPIPE, SIG_IGN)
        let configuration = load(type, program, arguments)
        OpenFileLimit.raise()
        do {
            let server = configuration[ServerOptions.self]
            let port = try ReservedPort(for: server.address)
            let identity = ServiceIdentity(
                S.name,
                S.version,
                configuration[InstanceOptions.self],
                port: port?.number
            )
            let group = try EventLoopGroup(count: server.loopCount)
            let telemetry = try ServiceTelemetry(
                identity,
                configuration[LogOptions.self],
                configuration[TraceOptions.self],
                on: group
            )
            let runtime = ServiceRuntime(identity, configuration, telemetry, port: port, on: group)
            exit(group.runBlocking { await serve(type, program, runtime) })
        } catch {
            fail(program, "\(error)", Status.failed)
        }
    }

    private static func load<S: Service>(
        _ type: S.Type,
        _ program: String,
        _ arguments: [String]
    ) -> LoadedConfiguration {
        do {
            let outcome = try ServiceConfiguration.load(
                program: program,
                S.options,
                arguments: arguments,
                environment: ProcessInfo.processInfo.environment
            )
            switch outcome {
            case .run(let configuration): return configuration
            case .show(let text):
                StandardStream.output.write(line: text)
                exit(Status.drained)
            }
        } catch {
            fail(program, "\(error)", Status.usage)
        }
    }

    private static func serve<S: Service>(
        _ type: S.Type,
        _ program: String,
        _ runtime: ServiceRuntime
    ) async -> Int32 {
        do {
            let watch = try SignalWatch(runtime)
            let drained = try await runtime.run(type) { _ in
                await watch.firstSignal()
                watch.limitDraining(to: patience(runtime))
            }
            return drained == .drained ? Status.drained : Status.forced
        } catch {
            StandardStream.error.write(line: "\(program): \(error)")
            return Status.failed
        }
    }

    /// From the first signal on, what a deaf handler or work can't hold up: leave, drain, flush, and a little more.
    private static func patience(_ runtime: ServiceRuntime) -> Duration {
        ServiceDiscovery.leaveTime + runtime.configuration[ServerOptions.self].http.drainTimeout
            + ServiceRuntime.flushTime + grace
    }

    private static func fail(_ program: String, _ text: String, _ status: Int32) -> Never {
        StandardStream.error.write(line: "\(program): \(text)")
        exit(status)
    }
}
