/// What a bulkhead has done since it was made.
public struct BulkheadCounters: Sendable, Equatable {
    /// Calls that got a place, at once or after a wait.
    public internal(set) var admitted: UInt64 = 0
    /// Calls that were refused since all places, also those to wait at, were taken.
    public internal(set) var refused: UInt64 = 0
    /// Calls whose deadline came first.
    public internal(set) var expired: UInt64 = 0
    /// Calls that were cancelled while they waited.
    public internal(set) var cancelled: UInt64 = 0
}
