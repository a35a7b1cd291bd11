/// Decides which traces are recorded from their beginning; a caller's decision is followed (OpenTelemetry SDK,
/// `ParentBased` over `TraceIdRatioBased`).
public struct Sampler: Sendable, Hashable {
    /// The share of new traces, from 0 to 1.
    public let ratio: Double
    private let bound: UInt64

    /// Takes the share of new traces that are recorded, 0–1; others are brought back to it. Default 1.
    public init(ratio: Double = 1) {
        self.ratio = ratio >= 0 ? min(ratio, 1) : 0
        bound = UInt64(self.ratio * 0x1p63)
    }

    /// Reads `TRACE_RATIO`, 0–1, default 1; a bad value is added to `problems` and the default stays.
    public init(environment: [String: String], problems: inout [String]) {
        guard let text = environment["TRACE_RATIO"] else {
            self.init()
            return
        }
        guard let ratio = Double(text), (0...1).contains(ratio) else {
            problems.append("TRACE_RATIO=\(text): not a number from 0 to 1")
            self.init()
            return
        }
        self.init(ratio: ratio)
    }

    /// Whether a trace that begins here is recorded: the low 64 bits of its id, without the last one, are below
    /// ratio · 2⁶³. All processes with the same ratio agree, and a larger ratio takes the same traces and more.
    public func isSampled(_ trace: TraceID) -> Bool { UInt64(truncatingIfNeeded: trace.value) >> 1 < bound }
}
