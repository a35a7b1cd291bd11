/// How the agent finds out how an instance is.
struct CheckPlan: Sendable, Hashable {
    /// The kinds that this registry runs.
    enum Kind: Sendable, Hashable {
        /// The instance reports by itself.
        case ttl
        /// A request for this URL.
        case http(String)
        /// A connection to this `host:port`.
        case tcp(String)
        /// The worst of another instance's checks.
        case alias(service: String, node: String)
    }

    /// A field of an HTTP check's request.
    struct Header: Sendable, Hashable {
        let name: String
        let values: [String]
    }

    /// The shortest interval there is: a second.
    static let leastInterval: Int64 = 1_000_000_000
    /// How long a check may take unless it says otherwise: 10 s.
    static let standardTimeout: Int64 = 10_000_000_000
    /// The most bytes of output that are kept.
    static let outputLimit = 4096

    var kind: Kind
    /// Nanoseconds between reports or runs, as it was asked for.
    var interval: Int64 = 0
    /// Nanoseconds; 0 for the standard.
    var timeout: Int64 = 0
    var method = ""
    var headers: [Header] = []
    var body = ""
    var disableRedirects = false
    var successBeforePassing = 0
    var failuresBeforeWarning = 0
    var failuresBeforeCritical = 0
    /// Nanoseconds of being critical behind which the instance goes; 0 for never.
    var deregisterAfter: Int64 = 0
    var outputMaxSize = CheckPlan.outputLimit

    var isTTL: Bool { kind == .ttl }
    /// Nanoseconds between two runs.
    var effectiveInterval: Int64 { max(interval, Self.leastInterval) }
    var effectiveTimeout: Int64 { timeout > 0 ? timeout : Self.standardTimeout }

    /// The `Type` of its checks.
    var type: String {
        switch kind {
        case .ttl: "ttl"
        case .http: "http"
        case .tcp: "tcp"
        case .alias: "alias"
        }
    }
}
