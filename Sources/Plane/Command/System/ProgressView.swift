import FoundationEssentials
import Glibc
import Reactor
import Supervisor
import Synchronization

/// What a start shows: on a terminal a table that changes in place, elsewhere a line for each change.
final class ProgressView: Sendable {
    private struct State {
        var rows: [(name: String, text: String)] = []
        var drawn = 0
        var isOver = false
    }
    private let state = Mutex(State())
    private let isTerminal: Bool
    private let isQuiet: Bool

    /// - Parameter isQuiet: whether only notes are shown, on standard error.
    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        let terminal = ProcessInfo.processInfo.environment["TERM"]
        isTerminal = !isQuiet && isatty(STDOUT_FILENO) == 1 && terminal != nil && terminal != "dumb"
    }

    func show(_ event: Supervisor.Event) {
        switch event {
        case .note(let text): note(text)
        case .status(let name, let status): show(name: name, word: status.word, detail: status.detail)
        }
    }

    /// A process stands elsewhere than before.
    func show(name: String, word: String, detail: String) {
        guard !isQuiet else { return }
        let text = Self.line(name, word, detail)
        state.withLock { state in
            if let index = state.rows.firstIndex(where: { $0.name == name }) {
                state.rows[index].text = text
            } else {
                state.rows.append((name, text))
            }
            let isLine = !isTerminal || state.isOver
            paint(&state, isLine ? text : nil)
        }
    }

    /// From now on changes are lines: the start is over.
    func finish() {
        state.withLock { state in
            state.isOver = true
            state.drawn = 0
        }
    }

    private func note(_ text: String) {
        if isQuiet { return StandardStream.error.write(line: text) }
        state.withLock { paint(&$0, text) }
    }

    /// Writes a line above the table, and the table anew where there is one.
    private func paint(_ state: inout State, _ line: String?) {
        var text = line.map { [$0] } ?? []
        // Up so many lines, and everything below away (ECMA-48: CUU, ED).
        let erasure = state.drawn > 0 ? "\u{1B}[\(state.drawn)A\u{1B}[J" : ""
        state.drawn = 0
        if isTerminal, !state.isOver {
            text += state.rows.map(\.text)
            state.drawn = state.rows.count
        }
        StandardStream.output.write(line: erasure + text.joined(separator: "\n"))
    }

    private static func line(_ name: String, _ word: String, _ detail: String) -> String {
        let space = String(repeating: " ", count: max(1, 18 - name.count))
        return "  \(name)\(space)\(word)\(detail.isEmpty ? "" : "  \(detail)")"
    }
}
