import Configuration
import FoundationEssentials
import Glibc
import Reactor
import Supervision

/// Drills with the whole system under load: scaling, replacing, killing, holding down.
///
///     system-drill                    # all; a table on standard output
///     system-drill --only scale,kill  # those whose names contain one of these
///     system-drill --held             # faults that last, with the alerts that they must fire: takes long
///
/// Ends with 0 when each drill went as its row says it must.
@main struct SystemDrill {
    static func main() {
        Signals.block(Interruptible.signals)
        signal(SIGPIPE, SIG_IGN)
        let options = load(Array(CommandLine.arguments.dropFirst()))
        do {
            let group = try EventLoopGroup(count: 2)
            exit(
                group.runBlocking {
                    await Interruptible.run("system-drill", on: group.loops[0]) {
                        try await run(options, on: group)
                    }
                }
            )
        } catch {
            StandardStream.error.write(line: "system-drill: \(error)")
            exit(1)
        }
    }

    private static func load(_ arguments: [String]) -> SystemDrillOptions {
        let schema = ConfigurationSchema(program: "system-drill", parts: [SystemDrillOptions.self])
        do {
            switch try schema.load(from: ConfigurationSources(arguments: arguments)) {
            case .run(let configuration): return configuration[SystemDrillOptions.self]
            case .show(let text):
                StandardStream.output.write(line: text)
                exit(0)
            }
        } catch {
            StandardStream.error.write(line: "\(error)")
            exit(64)
        }
    }

    private static func run(_ options: SystemDrillOptions, on group: EventLoopGroup) async throws -> Int32 {
        let all = options.held ? SystemFault.held : SystemFault.passing
        let chosen = all.filter { fault in
            options.only.isEmpty || options.only.contains { fault.name.contains($0) }
        }
        guard !chosen.isEmpty else {
            StandardStream.error.write(line: "there are: \(all.map(\.name).joined(separator: "; "))")
            return 64
        }
        let system = try await DrilledSystem.start(on: group)
        let load = try Load(
            system.origin,
            authority: DrilledSystem.authority,
            pause: options.pause,
            on: group
        )
        let isFine = await Result { try await drill(chosen, system, load, options, on: group) }
        await load.close()
        await system.stop()
        return try isFine.get() ? 0 : 1
    }

    private static func drill(
        _ faults: [SystemFault],
        _ system: DrilledSystem,
        _ load: Load,
        _ options: SystemDrillOptions,
        on group: EventLoopGroup
    ) async throws -> Bool {
        try await load.prepare()
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await load.run(workers: options.workers, on: group.loops[1]) }
            defer { tasks.cancelAll() }
            let table = DrillRows()
            var isFine = true
            for fault in faults {
                if options.held { try await system.waitForSilence() }
                let row = try await fault.run(on: system, load)
                table.print(row)
                isFine = isFine && row.isFine
            }
            tasks.cancelAll()
            try await tasks.waitForAll()
            let lost = await load.lost()
            StandardStream.output.write(
                line: "\n\(load.writtenCount) listings were acknowledged, \(lost) of them lost."
            )
            return isFine && lost == 0
        }
    }
}

/// How it is drilled.
struct SystemDrillOptions: ConfigurationPart {
    var only: [String] = []
    var held = false
    var workers = 8
    var pause = Duration.milliseconds(1)

    static let title = "Drill"
    static let settings: [Setting<Self>] = [
        Setting(
            "only",
            \.only,
            .list(of: .text(), atMost: 32),
            help: "Parts of the names of drills; empty: all."
        ),
        Setting(
            "held",
            \.held,
            .boolean,
            help: "Faults that last until their alert fires, in the place of those that pass."
        ),
        Setting("workers", \.workers, .integer(1...1_000), help: "Calls at a time."),
        Setting(
            "pause",
            \.pause,
            .duration(.zero ... .seconds(60)),
            help:
                "Between an answer and the worker's next call; `--held` wants some, 20ms say: a machine that has "
                + "nothing left rings other alerts."
        ),
    ]
}

extension Result where Failure == any Error {
    /// What `body` returns or throws.
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

/// A table in Markdown, a row at a time, so that a long drill shows where it stands.
struct DrillRows {
    init() {
        StandardStream.output.write(
            line: "| drill | calls | sent again | failed | which | s to recovery | alerts | as it must be |"
        )
        StandardStream.output.write(line: "|---|--:|--:|--:|---|--:|---|---|")
    }

    func print(_ row: SystemFault.Row) {
        let cells = [
            row.name, "\(row.figures.calls)", "\(row.figures.repeated)", "\(row.figures.failed)",
            row.figures.text, row.recovery,
            row.alerts.isEmpty ? "none" : row.alerts.sorted().joined(separator: ", "),
            row.isFine ? "yes" : "**no**: \(row.rule)",
        ]
        StandardStream.output.write(line: "| " + cells.joined(separator: " | ") + " |")
    }
}
