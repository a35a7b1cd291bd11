import FoundationEssentials
import Glibc
import Vigie

/// `hometrip seed`: hosts and listings to try things with.
enum SeedCommand {
    private static let program = "hometrip seed"

    static func run(_ arguments: [String]) -> Never {
        signal(SIGPIPE, SIG_IGN)
        let options = load(arguments)
        do {
            let group = try EventLoopGroup(count: 1)
            exit(group.runBlocking { await run(options, on: group) })
        } catch { fail("\(error)", HomeTripCommand.Status.failed) }
    }

    private static func load(_ arguments: [String]) -> SeedOptions {
        let schema = ConfigurationSchema(program: program, parts: [SeedOptions.self])
        // The variables of services, which may be set here as well, are not its own.
        let environment = ProcessInfo.processInfo.environment.filter { $0.key.hasPrefix("VIGIE_HOST_") }
        do {
            switch try schema.load(from: ConfigurationSources(arguments: arguments, environment: environment))
            {
            case .run(let configuration): return configuration[SeedOptions.self]
            case .show(let text):
                StandardStream.output.write(line: text)
                exit(HomeTripCommand.Status.ended)
            }
        } catch { fail("\(error)", HomeTripCommand.Status.usage) }
    }

    private static func run(_ options: SeedOptions, on group: EventLoopGroup) async -> Int32 {
        do {
            var settings = WebClientSettings()
            if let file = options.authorityFile { settings.trust = .only(file: file) }
            // What is seeded is one's own: no proxy stands before it.
            settings.proxy = .none
            let web = try WebClient(on: group, settings: settings)
            let base = options.auth == nil ? "/api" : ""
            let clients = try [options.auth, options.listing].map { place in
                SeedClient(
                    web: web,
                    group: group,
                    destination: try WebDestination(place ?? options.url),
                    base: base
                )
            }
            let begin = MonotonicInstant.now
            let sums = try await SeedRun(options, auth: clients[0], listing: clients[1]).run()
            await web.close()
            let seconds = Double((MonotonicInstant.now - begin).nanoseconds) / 1e9
            StandardStream.output.write(
                line: """
                    \(sums.written) listings written, \(sums.found) were there already; \(options.hosts) hosts, \
                    host-1@seed.hometrip.example to host-\(options.hosts)@seed.hometrip.example; \
                    \((seconds * 10).rounded() / 10) s
                    """
            )
            return HomeTripCommand.Status.ended
        } catch {
            StandardStream.error.write(line: "\(program): \(error)")
            return HomeTripCommand.Status.failed
        }
    }

    private static func fail(_ text: String, _ status: Int32) -> Never {
        StandardStream.error.write(line: "\(program): \(text)")
        exit(status)
    }
}
