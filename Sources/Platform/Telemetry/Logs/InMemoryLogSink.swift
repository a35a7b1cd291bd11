import Synchronization

/// Keeps log lines in memory for tests: the first ones, up to a limit.
public final class InMemoryLogSink: LogSink {
    private struct State {
        var lines: [[UInt8]] = []
        var dropped = 0
    }
    private let limit: Int
    private let state: Mutex<State> = Mutex(State())

    /// Makes one that keeps up to `limit` lines. Default 10 000.
    public init(limit: Int = 10_000) { self.limit = limit }

    /// Takes one line.
    public func write(_ body: (inout [UInt8]) -> Void) {
        state.withLock { state in
            guard state.lines.count < limit else {
                state.dropped += 1
                return
            }
            var line: [UInt8] = []
            body(&line)
            state.lines.append(line)
        }
    }

    /// How many lines were dropped since this was last asked.
    public func takeDropped() -> Int {
        state.withLock { state in
            defer { state.dropped = 0 }
            return state.dropped
        }
    }

    /// All lines kept.
    public var lines: [String] { state.withLock { $0.lines }.map { String(decoding: $0, as: UTF8.self) } }
}
