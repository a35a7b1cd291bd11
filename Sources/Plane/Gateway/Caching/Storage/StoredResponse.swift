import HTTP
import Reactor

/// An answer that is kept, as it came but for the fields of one exchange. Never changed: a validation makes a new one.
final class StoredResponse: Sendable {
    /// Which route's it is: another route may answer the same target otherwise.
    let route: String
    let status: HTTPStatus
    let fields: HTTPFields
    let body: [UInt8]
    let directives: CacheDirectives
    let age: CacheAge
    /// What it depends on, and what the request that fetched it said there.
    let vary: CacheVary
    let selection: [UInt8]
    /// Bytes that it is counted with.
    let byteCount: Int

    /// Keeps an answer for which ``CacheRules`` had no objection; nil when its `Vary` can't be read.
    ///
    /// - Parameters:
    ///   - route: the id of the route that fetched it.
    ///   - head: status and fields as they came.
    ///   - body: the whole content.
    ///   - directives: what its fields say.
    ///   - age: how old it was, and how long it is fresh.
    ///   - request: the fields of the request that it answers.
    init?(
        route: String,
        _ head: HTTPResponseHead,
        body: [UInt8],
        _ directives: CacheDirectives,
        _ age: CacheAge,
        request: HTTPFields
    ) {
        guard let vary = CacheVary(head.fields) else { return nil }
        var fields = head.fields
        fields.removeHopByHop()
        for name in CacheRules.ofOneExchange { fields.remove(name) }
        // RFC 9110 §6.6.1: who keeps an answer without a date notes when it came.
        if !fields.contains(.date) { fields.append(.date, HTTPDate.format(age.response.date)) }
        self.route = route
        status = head.status
        self.fields = fields
        self.body = body
        self.directives = directives
        self.age = age
        self.vary = vary
        selection = vary.selection(request)
        // Name, value, separators and index of each field twice, for what a copy may leave unused.
        var size = Self.overhead + body.count + selection.count + route.utf8.count
        fields.forEachField { _, name, value in size += 2 * (name.count + value.count + 20) }
        byteCount = size
    }

    /// What an entry takes beside its texts: objects, array headers, its places in list and dictionary.
    static let overhead = 768

    /// How long it is fresh from the beginning, in seconds.
    var lifetime: Int64 { age.lifetime ?? 0 }
    /// Whether anything forbids to give it when it is stale (§4.2.4).
    var mayBeStale: Bool {
        !directives.mustRevalidate && !directives.proxyRevalidate && directives.sharedMaxAge == nil
            && !directives.noCache
    }
    /// Whether the service can be asked if it still holds.
    var canBeValidated: Bool { fields.contains(.eTag) || fields.contains(.lastModified) }

    /// Whether it may stand in for an answer that could not be had (RFC 5861 §4).
    func mayReplaceError(at now: CacheInstant) -> Bool {
        guard mayBeStale, let most = directives.staleIfError else { return false }
        return age.current(at: now) - lifetime <= most
    }
}
