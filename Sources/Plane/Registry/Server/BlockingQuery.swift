/// A wait for something newer (consul-http-api.md §2).
struct BlockingQuery: Sendable, Equatable {
    /// The wait of a query that names none: 300 s.
    static let standardWait: Int64 = 300_000_000_000
    /// The longest wait: 600 s.
    static let longestWait: Int64 = 600_000_000_000

    /// What the client has.
    let index: UInt64
    /// Nanoseconds, with the random part that spreads time-outs.
    let wait: Duration

    /// Takes what the client asked for, in nanoseconds; 0 or less is the standard.
    init(index: UInt64, wait: Int64) {
        self.index = index
        self.wait = Self.spread(wait)
    }

    /// The wait in force, with a random part of up to a sixteenth.
    static func spread(_ wait: Int64) -> Duration {
        let base = wait <= 0 ? standardWait : min(wait, longestWait)
        return .nanoseconds(base + Int64.random(in: 0...max(1, base / 16)))
    }
}
