/// How many requests a client may send, in nginx's two units.
struct ZoneRate: Sendable, Hashable {
    /// What is counted in: nginx knows no other.
    enum Period: Int, Sendable, CaseIterable {
        /// `s`.
        case second = 1
        /// `min`.
        case minute = 60

        /// As the document writes it.
        var symbol: String { self == .second ? "s" : "min" }
    }

    /// Requests in each period, 1 to 1 000 000.
    let requests: Int
    /// The period.
    let period: Period

    /// Completes "must be".
    static let rule = "a whole number of requests a second or minute, such as \"10/s\" or \"5/min\""

    /// Reads `10/s` or `5/min`; nil for anything else.
    init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let period = Period.allCases.first(where: { $0.symbol == parts[1] }),
            parts[0].utf8.allSatisfy({ (48...57).contains($0) }), let requests = Int(parts[0]),
            (1...1_000_000).contains(requests)
        else { return nil }
        (self.requests, self.period) = (requests, period)
    }

    /// As `limit_req_zone` takes it.
    var nginx: String { "\(requests)r/\(period == .second ? "s" : "m")" }

    /// Behind how many seconds the next request is let through, rounded up: `Retry-After`.
    var secondsForOne: Int { (period.rawValue + requests - 1) / requests }

    /// What comes in a second, 1 at least.
    var defaultBurst: Int { max(1, requests / period.rawValue) }
}
