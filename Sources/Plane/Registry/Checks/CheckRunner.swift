import HTTP
import Reactor
import Synchronization

/// Runs the checks that are due.
struct CheckRunner: Sendable {
    /// How many run at once; the next waits for one to end.
    private static let limit = 1024

    let registry: RegistryActor
    let prober: HTTPProber
    let resolver: Resolver

    /// Runs checks until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await key in registry.checksDue {
                if running >= Self.limit {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask(executorPreference: registry.loop) { await run(key) }
            }
            group.cancelAll()
        }
    }

    private func run(_ key: CheckKey) async {
        guard let plan = await registry.plan(of: key) else { return }
        let result: CheckResult
        switch plan.kind {
        case .http(let url): result = await prober.probe(url, plan)
        case .tcp(let address):
            result = await TCPProber(resolver: resolver, loop: registry.loop).probe(address, plan)
        case .ttl, .alias: return
        }
        guard !Task.isCancelled else { return }
        await registry.finish(key, result)
    }
}
