/// How many calls a ``Bulkhead`` holds.
public struct BulkheadLimits: Sendable, Equatable {
    /// Calls that run at once; at least 1.
    public var inFlight: Int
    /// Calls that wait for one to end; 0 refuses at once.
    public var waiting: Int

    /// Makes limits.
    public init(inFlight: Int, waiting: Int) {
        self.inFlight = inFlight
        self.waiting = waiting
    }
}
