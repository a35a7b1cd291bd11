import HTTP

/// How old an answer was when it came, and how long it is fresh (RFC 9111 §4.2).
struct CacheAge: Sendable, Equatable {
    /// `corrected_initial_age` of §4.2.3, in seconds.
    let initial: Int64
    /// The freshness lifetime of §4.2.1, in seconds; nil when the answer names none: nothing is guessed.
    let lifetime: Int64?
    /// When it came.
    let response: CacheInstant

    /// Computes it for an answer.
    ///
    /// - Parameters:
    ///   - fields: the answer's fields.
    ///   - directives: its directives.
    ///   - request: when it was asked for.
    ///   - response: when it came.
    init(
        _ fields: HTTPFields,
        _ directives: CacheDirectives,
        request: CacheInstant,
        response: CacheInstant
    ) {
        self.response = response
        let date = fields[.date].flatMap(HTTPDate.parse)
        let apparent = max(0, response.date - (date ?? response.date))
        let told = fields[.age].flatMap(Self.seconds) ?? 0
        initial = max(apparent, told + response.seconds(since: request))
        lifetime = Self.lifetime(fields, directives, date: date ?? response.date)
    }

    /// `current_age` of §4.2.3, in seconds.
    func current(at now: CacheInstant) -> Int64 { initial + now.seconds(since: response) }

    private static func lifetime(_ fields: HTTPFields, _ directives: CacheDirectives, date: Int64) -> Int64? {
        if let told = directives.sharedMaxAge ?? directives.maxAge { return told }
        guard let expires = fields[.expires] else { return nil }
        // §5.3: what is no date, above all 0, is the past.
        return HTTPDate.parse(expires).map { min(CacheDirectives.longest, max(0, $0 - date)) } ?? 0
    }

    private static func seconds(_ text: String) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return min(CacheDirectives.longest, Int64(text) ?? CacheDirectives.longest)
    }
}
