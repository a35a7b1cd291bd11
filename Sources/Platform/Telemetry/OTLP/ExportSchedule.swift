import Reactor

/// When a batch is sent again: after 1 s, 2 s, 4 s with jitter, or when the receiver says (OTLP/HTTP, "Failures").
struct ExportSchedule: Sendable {
    static let attempts = 5
    private static let first: Int64 = 1_000_000_000
    private static let longest: Int64 = 30_000_000_000

    private var failures = 0

    /// Counts one more failure.
    ///
    /// - Parameters:
    ///   - wish: what the receiver asked for in `Retry-After`; at most 30 s are granted.
    ///   - random: any 64 bits, which place the wait in the upper half of its range.
    /// - Returns: how long to wait; nil to give up.
    mutating func wait(wish: Duration?, random: UInt64) -> Duration? {
        failures += 1
        guard failures < Self.attempts else { return nil }
        if let wish { return .nanoseconds(min(max(0, wish.nanoseconds), Self.longest)) }
        let range = min(Self.first << Int64(failures - 1), Self.longest)
        return .nanoseconds(range / 2 + Int64(random % UInt64(range / 2)))
    }
}
