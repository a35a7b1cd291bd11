/// Takes log lines.
public protocol LogSink: Sendable {
    /// Has `body` append one line, without its line feed. Called on event loops: it must not wait for anybody.
    ///
    /// When there is no room the line is dropped and counted, and `body` is not called.
    func write(_ body: (inout [UInt8]) -> Void)

    /// How many lines were dropped since this was last asked.
    func takeDropped() -> Int
}
