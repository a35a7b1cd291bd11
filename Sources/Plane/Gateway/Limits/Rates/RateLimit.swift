/// The policy of one zone: how often, how much at once, and what is counted apart.
struct RateLimit: Sendable, Hashable {
    /// What a zone has a bucket for each of.
    enum KeyKind: String, Sendable, Hashable, CaseIterable {
        /// The client's address; of an IPv6 one its /64 prefix, of which one subscriber has all addresses.
        case client
        /// The token's subject.
        case subject
        /// The API key.
        case apiKey = "api_key"
        /// The route: all callers share one bucket.
        case route
        /// The tenant.
        case tenant

        /// What keeps the hashes of two kinds apart.
        var code: UInt8 {
            switch self {
            case .client: 0
            case .subject: 1
            case .apiKey: 2
            case .route: 3
            case .tenant: 4
            }
        }
    }

    /// The zone's name in configuration, fields and metrics: 1–64 of `a-z A-Z 0-9 . _ -`.
    let name: String
    /// How many requests pass in the long run.
    let rate: Rate
    /// How many pass at once after a pause, 1–1 000 000.
    let burst: Int
    /// What has a bucket of its own.
    let key: KeyKind

    /// The highest burst.
    static let burstLimit = 1_000_000

    /// Makes a policy; nil when the name or the burst is none.
    ///
    /// - Parameters:
    ///   - name: the zone's name.
    ///   - rate: the rate in the long run.
    ///   - burst: nil for what comes in a second, 1 at least.
    ///   - key: what has a bucket of its own.
    init?(_ name: String, _ rate: Rate, burst: Int? = nil, by key: KeyKind) {
        self.name = name
        self.rate = rate
        self.burst = burst ?? min(Self.burstLimit, max(1, Int(rate.perSecond)))
        self.key = key
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte),
            (1...Self.burstLimit).contains(self.burst)
        else { return nil }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
