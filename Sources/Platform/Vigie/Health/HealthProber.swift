import Reactor
import Telemetry

/// Asks dependencies again and again, until its task is cancelled.
struct HealthProber: Sendable {
    let board: HealthBoard
    let options: InstanceOptions
    let logger: Logger
    let group: EventLoopGroup

    /// Asks each dependency once, side by side: what the start waits for.
    func probeAll() async {
        await withTaskGroup { tasks in
            for index in board.checks.indices {
                tasks.addTask(executorPreference: group.next()) { await probe(index) }
            }
        }
    }

    /// Asks each dependency in its interval.
    func run() async {
        await withTaskGroup { tasks in
            for index in board.checks.indices {
                let loop = group.next()
                tasks.addTask(executorPreference: loop) {
                    while (try? await loop.sleep(for: options.probeInterval)) != nil { await probe(index) }
                }
            }
        }
    }

    private func probe(_ index: Int) async {
        let name = board.checks[index].dependency.name
        let change = await board.probe(index, within: options.probeTimeout, on: group.next())
        guard let change, !Task.isCancelled else { return }
        if change {
            logger.info("dependency is up", ["dependency": .string(name)])
        } else {
            logger.warning("dependency is down", ["dependency": .string(name)])
        }
    }
}
