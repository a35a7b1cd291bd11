import Reactor
import Synchronization

/// What nginx is to be told, as file, certificate and registry say now.
final class WantedConfiguration: Sendable {
    private struct State {
        var configuration: NginxConfiguration
        var debounce: Debounce
        var retry: MonotonicInstant?
    }

    private let state: Mutex<State>

    init(_ configuration: NginxConfiguration, _ debounce: Debounce = Debounce()) {
        state = Mutex(State(configuration: configuration, debounce: debounce))
    }

    /// As it is now.
    var now: NginxConfiguration { state.withLock { $0.configuration } }

    /// Changes it.
    func change(_ body: (inout NginxConfiguration) -> Void) {
        state.withLock { state in
            let before = state.configuration
            body(&state.configuration)
            if state.configuration != before { state.debounce.note(at: .now) }
        }
    }

    /// Has it taken once more, behind a failure.
    func retry(at time: MonotonicInstant) { state.withLock { $0.retry = time } }

    /// What is to be taken now; nil while there is nothing new, or it still changes.
    func take(at now: MonotonicInstant) -> NginxConfiguration? {
        state.withLock { state in
            let isDue = state.debounce.due.map { $0 <= now } ?? false
            let isRetried = state.retry.map { $0 <= now } ?? false
            guard isDue || isRetried else { return nil }
            state.debounce.clear()
            state.retry = nil
            return state.configuration
        }
    }
}
