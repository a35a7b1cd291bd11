/// Whether a stored answer may be given to a request (RFC 9111 §4).
enum CacheReuse: Sendable, Equatable {
    /// It is fresh.
    case fresh
    /// It is stale, and the client takes it so (`max-stale`).
    case stale
    /// It is stale, and may be given while one request fetches it anew (RFC 5861 §3).
    case staleWhileRevalidating
    /// The service has to be asked first.
    case revalidate

    /// Judges.
    init(of stored: StoredResponse, for request: CacheDirectives, at now: CacheInstant) {
        let age = stored.age.current(at: now)
        let staleness = age - stored.lifetime
        let isTooOld = request.maxAge.map { age > $0 } ?? false
        let isTooClose = request.minFresh.map { -staleness < $0 } ?? false
        if request.noCache || stored.directives.noCache || isTooOld || isTooClose {
            self = .revalidate
        } else if staleness < 0 {
            self = .fresh
        } else if stored.mayBeStale, let most = request.maxStale, staleness <= most {
            self = .stale
        } else if stored.mayBeStale, let most = stored.directives.staleWhileRevalidate, staleness <= most {
            self = .staleWhileRevalidating
        } else {
            self = .revalidate
        }
    }
}
