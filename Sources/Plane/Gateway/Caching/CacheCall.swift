import HTTP

/// A request as the cache sees it.
struct CacheCall: Sendable {
    let request: HTTPRequest
    let route: String
    let key: CacheKey
    let directives: CacheDirectives

    init(_ request: HTTPRequest, route: String) {
        self.request = request
        self.route = route
        key = CacheKey(request.head)
        directives = CacheDirectives(request.head.fields)
    }

    var fields: HTTPFields { request.head.fields }

    /// Whether the service alone can answer: to parts, to conditions about a state that must hold, to a request with content
    /// and to one that wants another protocol.
    var isBypassed: Bool {
        request.upgrade != nil || request.body.length != 0 || fields.contains(.range)
            || fields.contains(.ifRange) || fields.contains(.ifMatch) || fields.contains(.ifUnmodifiedSince)
    }

    /// Whether it may fetch for others and wait for them. HEAD brings no content, `no-store` nothing to keep; and to
    /// `no-cache` an answer that was asked for before it came is none.
    var mayShare: Bool { request.head.method == .get && !directives.noStore && !directives.noCache }

    /// Why it has to go to the service.
    func forward(_ lookup: CacheLookup) -> CacheStatus.Forward {
        if directives.noCache || directives.noStore { return .request }
        if lookup.stored != nil { return .stale }
        return lookup.vary == nil ? .uriMiss : .varyMiss
    }

    /// Under which a fetch is shared: route, target, and what is known to matter of the request.
    func flightKey(_ lookup: CacheLookup) -> [UInt8] {
        let selection = lookup.vary?.selection(fields) ?? []
        return Array(route.utf8) + [0] + key.bytes + [0] + selection
    }
}
