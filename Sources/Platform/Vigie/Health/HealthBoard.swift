import Reactor
import Synchronization
import Telemetry

/// Whether a service lives, and whether it should get traffic (defaults.md, "Health and lifecycle").
final class HealthBoard: Sendable {
    /// Where the service stands in its life.
    enum Phase: String, Sendable {
        case starting, serving, draining
    }

    /// How a dependency is doing.
    struct Check: Sendable {
        let dependency: Dependency
        var state: DependencyState
    }

    private struct State {
        var phase = Phase.starting
        var checks: [Check] = []
    }

    /// A loop that has been busy for longer than this makes no progress.
    static let lagLimit = Duration.seconds(5)

    private let state = Mutex(State())
    private let started = MonotonicInstant.now

    /// Where the service stands.
    var phase: Phase {
        get { state.withLock { $0.phase } }
        set { state.withLock { $0.phase = newValue } }
    }

    /// All dependencies, in the order they were named.
    var checks: [Check] { state.withLock { $0.checks } }

    /// The time since the process was made.
    var uptime: Duration { .now - started }

    /// Adds a dependency; it is down until it has answered.
    func add(_ dependency: Dependency) {
        state.withLock { $0.checks.append(Check(dependency: dependency, state: DependencyState())) }
    }

    /// Whether the service should get traffic: started, not draining, and all that it needs is up.
    var isReady: Bool {
        state.withLock { state in
            state.phase == .serving && state.checks.allSatisfy { $0.state.isUp || !$0.dependency.isRequired }
        }
    }

    /// Asks a dependency once.
    ///
    /// - Returns: whether it has gone up or down by that; nil when nothing has changed.
    func probe(_ index: Int, within timeout: Duration, on loop: EventLoop) async -> Bool? {
        let dependency = state.withLock { $0.checks[index].dependency }
        let began = MonotonicInstant.now
        let success: Bool
        do {
            let context = Context.current.with(deadline: began + timeout)
            try await withDeadline(began + timeout, on: loop) {
                try await Context.with(context) { try await dependency.probe() }
            }
            success = true
        } catch {
            success = false
            Context.current.logger.debug(
                "probe failed",
                ["dependency": .string(dependency.name), "error": "\(error)"]
            )
        }
        let latency = MonotonicInstant.now - began
        return state.withLock { state in
            let before = state.checks[index].state.isUp
            state.checks[index].state.record(success: success, after: latency)
            let after = state.checks[index].state.isUp
            return before == after ? nil : after
        }
    }
}
