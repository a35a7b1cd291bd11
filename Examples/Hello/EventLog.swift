import HTTP
import Reactor
import Synchronization

/// Writes a server's events to standard error, at most ten lines a second; what is left out is counted.
final class EventLog: Sendable {
    private struct State {
        var second: Int64 = 0
        var lines = 0
        var omitted = 0
    }

    private let name: String
    private let state = Mutex(State())

    init(name: String) { self.name = name }

    func write(_ event: HTTPServerEvent) {
        let text =
            switch event {
            case .refused(let error, let status):
                "refused with \(status.code): \(error.reason.rawValue), byte \(error.offset)"
            case .handlerFailed(let reason): "handler failed: \(reason)"
            case .contentFailed(let reason): "answer cut: content \(reason)"
            case .connectionDropped(let reason): "connection dropped: \(reason)"
            case .acceptPaused(let reason): "accepting pauses: \(reason)"
            }
        let second = MonotonicInstant.now.nanoseconds / 1_000_000_000
        let omitted: Int? = state.withLock { state in
            guard state.second == second, state.lines >= 10 else {
                let before = state.second == second ? 0 : state.omitted
                state = State(second: second, lines: state.second == second ? state.lines + 1 : 1)
                return before
            }
            state.omitted += 1
            return nil
        }
        guard let omitted else { return }
        let note = omitted > 0 ? " (\(omitted) more lines left out)" : ""
        StandardStream.error.write(line: "\(name): \(text)\(note)")
    }
}
