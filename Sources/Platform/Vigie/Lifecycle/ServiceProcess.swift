import Configuration
import FoundationEssentials
import Glibc
import HTTP
import Reactor
import Telemetry

/// A service as a process of its own.
enum ServiceProcess {
    /// Exit statuses (defaults.md; sysexits(3) for the last).
    private enum Status {
        static let drained: Int32 = 0
        static let failed: Int32 = 1
        static let forced: Int32 = 3
        static let usage: Int32 = 64
    }

    /// From the first signal on, what a deaf handler or work can't hold up: drain, flush, and a little more.
    private static let grace = Duration.seconds(5)

    static func run<S: Service>(_ type: S.Type) {
        Signals.block([SIGTERM, SIGINT])
        // What is written to a reader that has gone is an error of that write alone.
        signal(SIGPIPE, SIG_IGN)
        let configuration = load(type)
        OpenFileLimit.raise()
        do {
            let server = configuration[ServerOptions.self]
            let identity = ServiceIdentity(
                S.name,
                S.version,
                configuration[InstanceOptions.self],
                port: server.port
            )
            let group = try EventLoopGroup(count: server.loopCount)
            let telemetry = try ServiceTelemetry(
                identity,
                configuration[LogOptions.self],
                configuration[TraceOptions.self],
                on: group
            )
            let runtime = ServiceRuntime(identity, configuration, telemetry, on: group)
            exit(group.runBlocking { await serve(type, runtime) })
        } catch {
            fail(S.name, "\(error)", Status.failed)
        }
    }

    private static func load<S: Service>(_ type: S.Type) -> LoadedConfiguration {
        do {
            let outcome = try ServiceConfiguration.load(
                program: S.name.name,
                S.options,
                arguments: Array(CommandLine.arguments.dropFirst()),
                environment: ProcessInfo.processInfo.environment
            )
            switch outcome {
            case .run(let configuration): return configuration
            case .show(let text):
                StandardStream.output.write(line: text)
                exit(Status.drained)
            }
        } catch {
            fail(S.name, "\(error)", Status.usage)
        }
    }

    private static func serve<S: Service>(_ type: S.Type, _ runtime: ServiceRuntime) async -> Int32 {
        do {
            let arrivals = try Signals.arrivals(of: [SIGTERM, SIGINT], on: runtime.group.loops[0])
            let drained = try await runtime.run(type) { _ in
                var signals = arrivals.makeAsyncIterator()
                _ = await signals.next()
                watch(arrivals, runtime)
            }
            return drained == .drained ? Status.drained : Status.forced
        } catch {
            StandardStream.error.write(line: "\(S.name): \(error)")
            return Status.failed
        }
    }

    /// Ends the process at a second signal, or when draining takes longer than it may: neither waits for anybody.
    private static func watch(_ signals: AsyncStream<Int32>, _ runtime: ServiceRuntime) {
        let loop = runtime.group.loops[0]
        let patience =
            runtime.configuration[ServerOptions.self].http.drainTimeout + ServiceRuntime.flushTime + grace
        // Both live to the end of the process, which is what they wait for.
        Task(executorPreference: loop) {
            var arrivals = signals.makeAsyncIterator()
            if await arrivals.next() != nil { force(runtime, "a second signal") }
        }
        Task(executorPreference: loop) {
            if (try? await loop.sleep(for: patience)) != nil { force(runtime, "draining took too long") }
        }
    }

    private static func force(_ runtime: ServiceRuntime, _ why: String) {
        Logger("vigie", to: runtime.telemetry.logs).error("cut", ["reason": .string(why)])
        runtime.telemetry.closeLogs(by: .now + .milliseconds(200))
        _exit(Status.forced)
    }

    private static func fail(_ name: ServiceName, _ text: String, _ status: Int32) -> Never {
        StandardStream.error.write(line: "\(name): \(text)")
        exit(status)
    }
}
