import Synchronization

/// From which level on each module's lines are written; changes take effect at once, on all threads.
public final class LogLevels: Sendable {
    /// One module's level, read with each line.
    final class Cell: Sendable {
        private let raw: Atomic<Int>

        init(_ level: LogLevel) { raw = Atomic(level.rawValue) }

        func isEnabled(_ level: LogLevel) -> Bool { level.rawValue >= raw.load(ordering: .relaxed) }
        func set(_ level: LogLevel) { raw.store(level.rawValue, ordering: .relaxed) }
    }

    private struct State {
        var standard: LogLevel
        var chosen: [String: LogLevel] = [:]
        var cells: [String: Cell] = [:]
    }
    private let state: Mutex<State>

    /// How many modules may have a level of their own.
    public static let moduleLimit = 1000

    /// Begins with one level for all modules.
    public init(_ standard: LogLevel = .info) { state = Mutex(State(standard: standard)) }

    /// Reads `VIGIE_LOG_LEVEL`: a level, and levels of modules: `info,http=debug,postgres=trace`. Default `info`.
    public convenience init(environment: [String: String], problems: inout [String]) {
        self.init()
        for part in (environment["VIGIE_LOG_LEVEL"] ?? "").split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard let name = pair.last, let level = LogLevel(name) else {
                problems.append("VIGIE_LOG_LEVEL=\(part): not one of \(LogLevel.allCases)")
                continue
            }
            set(level, for: pair.count == 2 ? String(pair[0]) : nil)
        }
    }

    /// The level of a module; nil asks for that of all others.
    public func level(of module: String?) -> LogLevel {
        state.withLock { state in module.flatMap { state.chosen[$0] } ?? state.standard }
    }

    /// Sets a module's level; nil sets that of all modules without one of their own.
    ///
    /// - Returns: false when ``moduleLimit`` modules have one already.
    @discardableResult public func set(_ level: LogLevel, for module: String?) -> Bool {
        state.withLock { state in
            guard let module else {
                state.standard = level
                for (name, cell) in state.cells where state.chosen[name] == nil { cell.set(level) }
                return true
            }
            guard state.chosen[module] != nil || state.chosen.count < Self.moduleLimit else { return false }
            state.chosen[module] = level
            state.cells[module]?.set(level)
            return true
        }
    }

    /// Takes a module's own level away.
    public func reset(_ module: String) {
        state.withLock { state in
            state.chosen[module] = nil
            state.cells[module]?.set(state.standard)
        }
    }

    /// The levels that modules have of their own.
    public var modules: [String: LogLevel] { state.withLock { $0.chosen } }

    func cell(of module: String) -> Cell {
        state.withLock { state in
            if let cell = state.cells[module] { return cell }
            let cell = Cell(state.chosen[module] ?? state.standard)
            state.cells[module] = cell
            return cell
        }
    }
}
