public import Reactor

/// The trace of one measurement, shown beside the bucket that it fell into (OpenMetrics 1.0, "Exemplars").
public struct Exemplar: Sendable, Equatable {
    /// The trace's 128 bits (W3C Trace Context, "trace-id").
    public let traceID: UInt128
    /// When it was measured; the loop's own clock will do.
    public let time: MonotonicInstant

    /// Names a trace that is kept: an exemplar of one that was not sampled leads nowhere.
    public init(traceID: UInt128, time: MonotonicInstant) {
        self.traceID = traceID
        self.time = time
    }
}
