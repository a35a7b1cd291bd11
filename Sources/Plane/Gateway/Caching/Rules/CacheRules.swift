import HTTP

/// What a shared cache may keep (RFC 9111 §3).
enum CacheRules {
    /// Why an answer is not kept.
    enum Objection: String, Sendable, Error {
        /// A status without a defined meaning here, a part (206), or an interim or conditional one.
        case status
        /// `no-store` of the answer or the request.
        case noStore
        /// `private`.
        case isPrivate
        /// The request was for one user and the answer doesn't say that it is for all (§3.5).
        case authorized
        /// It sets a cookie: the next user would get it.
        case setsCookie
        /// `Vary: *`, or one that can't be read.
        case vary
        /// It names no time to be fresh for; nothing is guessed.
        case noLifetime
        /// It is stale from the beginning and can't be validated.
        case useless
        /// It announces trailers, which would be lost.
        case trailers
    }

    /// Statuses whose answers are kept: those that are the same for every client until they change. 206 is a part, 304
    /// changes another answer, and 5xx says something of a moment, all but 501.
    private static func isKept(_ status: HTTPStatus) -> Bool {
        switch status.code {
        case 200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 451, 501: true
        default: false
        }
    }

    /// The first rule that forbids to keep an answer; nil when it may be kept.
    static func objection(
        to response: HTTPResponseHead,
        _ directives: CacheDirectives,
        _ age: CacheAge,
        request: HTTPFields,
        _ requestDirectives: CacheDirectives
    ) -> Objection? {
        let fields = response.fields
        if !isKept(response.status) { return .status }
        if directives.noStore || requestDirectives.noStore { return .noStore }
        if directives.isPrivate { return .isPrivate }
        let isShared = directives.isPublic || directives.sharedMaxAge != nil || directives.mustRevalidate
        if isPersonal(request), !isShared { return .authorized }
        if fields.contains(.setCookie) { return .setsCookie }
        if CacheVary(fields) == nil { return .vary }
        if fields.contains(.trailer) { return .trailers }
        guard let lifetime = age.lifetime ?? (directives.noCache ? 0 : nil) else { return .noLifetime }
        let canValidate = fields.contains(.eTag) || fields.contains(.lastModified)
        if lifetime <= age.initial || directives.noCache, !canValidate { return .useless }
        return nil
    }

    /// Whether a request is one user's: by its credentials, or by what the gateway found in others than `Authorization`.
    static func isPersonal(_ request: HTTPFields) -> Bool {
        request.contains(.authorization) || request.contains("x-auth-subject")
    }

    /// Fields of one exchange, which the next client must not get with a stored answer.
    static let ofOneExchange: [HTTPFieldName] = [
        .age, .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade, .rateLimit,
        .rateLimitPolicy,
        "x-trace-keep", "traceresponse", "x-request-id", "proxy-authenticate", "proxy-authentication-info",
    ]
}
