import Glibc
import Reactor
import Supervision

/// What `vigie registry` takes at a size, one line a figure: `instances<TAB>figure<TAB>value`.
///
///     registry-figures 1000 3000 10000      # numbers of instances, of 500 services, with 2 000 blocked watchers
///
/// The registry is the `vigie` beside this program, with a data folder; load and registry share the machine's processors.
@main struct RegistryFigures {
    static func main() {
        Signals.block(Interruptible.signals)
        signal(SIGPIPE, SIG_IGN)
        OpenFileLimit.raise()
        let counts = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        do {
            let group = try EventLoopGroup(count: 1)
            exit(group.runBlocking { await run(counts.isEmpty ? [1000, 3000, 10_000] : counts, on: group) })
        } catch {
            StandardStream.error.write(line: "registry-figures: \(error)")
            exit(1)
        }
    }

    /// Measures each size; a signal ends it, and the registry that it started.
    private static func run(_ counts: [Int], on group: EventLoopGroup) async -> Int32 {
        let stage = RegistryStage(on: group)
        let status = await Interruptible.run("registry-figures", on: group.loops[0]) {
            for count in counts { try await Measuring(count, stage).run() }
            return 0
        }
        await stage.stop()
        return status
    }
}
