import Glibc
import HTTP
import Reactor

/// What `vigie registry` takes at a size, one line a figure: `instances<TAB>figure<TAB>value`.
///
///     registry-figures 1000 3000 10000      # numbers of instances, of 500 services, with 2 000 blocked watchers
///
/// The registry is the `vigie` beside this program, with a data folder; load and registry share the machine's processors.
@main struct RegistryFigures {
    static func main() {
        Signals.block([SIGTERM, SIGINT])
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
        let status = await withTaskGroup(of: Int32.self) { tasks in
            let loop = group.loops[0]
            tasks.addTask(executorPreference: loop) {
                guard let signals = try? Signals.arrivals(of: [SIGTERM, SIGINT], on: loop) else { return 1 }
                for await _ in signals { break }
                return 1
            }
            tasks.addTask(executorPreference: loop) {
                do {
                    for count in counts { try await Measuring(count, stage).run() }
                    return 0
                } catch {
                    StandardStream.error.write(line: "registry-figures: \(error)")
                    return 1
                }
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? 1
        }
        await stage.stop()
        return status
    }
}
