import Configuration
import FoundationEssentials
import Glibc
import Reactor
import Supervision

/// Drills with real processes: `vigie registry`, instances of `drill`, and `load`, which calls them by their name.
///
///     service-drill rollout --rounds 20     # all instances replaced, again and again
///     service-drill outage --seconds 60     # the registry killed, away, and back without what it knew
///
/// Ends with 0 when no call failed.
@main struct ServiceDrill {
    static let help = "usage: service-drill rollout|outage …   (--help behind either tells more)"

    static func main() {
        Signals.block(Interruptible.signals)
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let name = arguments.first, ["rollout", "outage"].contains(name) else {
            StandardStream.error.write(line: help)
            exit(64)
        }
        let options = load(name, Array(arguments.dropFirst()))
        do {
            let group = try EventLoopGroup(count: 1)
            exit(group.runBlocking { await run(name, options, on: group) })
        } catch {
            StandardStream.error.write(line: "service-drill: \(error)")
            exit(1)
        }
    }

    private static func load(_ name: String, _ arguments: [String]) -> DrillOptions {
        let schema = ConfigurationSchema(program: "service-drill \(name)", parts: [DrillOptions.self])
        do {
            switch try schema.load(from: ConfigurationSources(arguments: arguments)) {
            case .run(let configuration): return configuration[DrillOptions.self]
            case .show(let text):
                StandardStream.output.write(line: text)
                exit(0)
            }
        } catch {
            StandardStream.error.write(line: "\(error)")
            exit(64)
        }
    }

    /// Runs a drill; a signal ends it, and all that it started either way.
    private static func run(_ name: String, _ options: DrillOptions, on group: EventLoopGroup) async -> Int32
    {
        let stage = DrillStage(on: group)
        let status = await Interruptible.run("service-drill", on: group.loops[0]) {
            let drill: any Drill = name == "rollout" ? RolloutDrill(options) : OutageDrill(options)
            return try await drill.run(on: stage) ? 0 : 1
        }
        await stage.stop()
        return status
    }
}

/// Something that is practised with processes.
protocol Drill: Sendable {
    /// Does it, and prints what came of it. Returns whether all was well.
    func run(on stage: DrillStage) async throws -> Bool
}

/// How long and with how many.
struct DrillOptions: ConfigurationPart {
    var rounds = 20
    var instances = 3
    var workers = 8
    var seconds = 60

    static let title = "Drill"
    static let settings: [Setting<Self>] = [
        Setting(
            "rounds",
            \.rounds,
            .integer(1...10_000),
            help: "rollout: how often all instances are replaced."
        ),
        Setting("instances", \.instances, .integer(1...100), help: "How many instances there are."),
        Setting(
            "workers",
            \.workers,
            .integer(1...1_000),
            help: "Calls at a time; each second one is a POST."
        ),
        Setting("seconds", \.seconds, .integer(1...86_400), help: "outage: how long the registry is away."),
    ]
}
