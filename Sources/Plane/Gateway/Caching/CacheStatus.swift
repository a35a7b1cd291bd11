import HTTP

/// How the cache handled a request: our member of `Cache-Status` (RFC 9211).
struct CacheStatus: Sendable, Equatable {
    /// Why the request went to the service (§2.2).
    enum Forward: Sendable, Equatable {
        /// The cache had no part in it.
        case bypass
        /// Its method is not one that the cache answers.
        case method
        /// Nothing is kept for the target.
        case uriMiss
        /// What is kept for the target suits other requests.
        case varyMiss
        /// What is kept is stale.
        case stale
        /// The client asked for it.
        case request

        var name: StaticString {
            switch self {
            case .bypass: "bypass"
            case .method: "method"
            case .uriMiss: "uri-miss"
            case .varyMiss: "vary-miss"
            case .stale: "stale"
            case .request: "request"
            }
        }
    }

    /// Why it went to the service; nil when the cache answered by itself.
    var forward: Forward?
    /// The service's status, where it is not the answer's.
    var forwardStatus: HTTPStatus?
    /// Whether it shared another request's fetch.
    var isCollapsed = false
    /// Whether the answer is kept.
    var isStored = false
    /// Seconds that the answer is still fresh for, below 0 when it is stale; nil for one that is not kept.
    var timeToLive: Int64?

    /// Adds our member behind those of caches before us.
    func append(to fields: inout HTTPFields) {
        fields.append(.cacheStatus, upTo: 112) { out in
            out.append(literal: "vigie")
            if let forward {
                out.append(literal: "; fwd=")
                out.append(literal: forward.name)
            } else {
                out.append(literal: "; hit")
            }
            if let forwardStatus {
                out.append(literal: "; fwd-status=")
                out.append(decimal: Int(forwardStatus.code))
            }
            if isStored { out.append(literal: "; stored") }
            if isCollapsed { out.append(literal: "; collapsed") }
            if let timeToLive {
                out.append(literal: timeToLive < 0 ? "; ttl=-" : "; ttl=")
                out.append(decimal: Int(timeToLive.magnitude))
            }
        }
    }
}
