/// How many calls to one service may be in flight from this process.
public enum CallLimit: Sendable, Equatable {
    /// As many as come.
    case none
    /// A fixed number, and a bounded number that wait for a place.
    case fixed(BulkheadLimits)
    /// A number that follows the latency; nobody waits.
    case adaptive(GradientLimitSettings)
}
