import HTTP

/// Conditional requests: the client's, which the cache answers, and the cache's own (RFC 9111 §4.3).
enum CacheConditions {
    /// Whether a client has what is stored: `If-None-Match`, compared weakly, counts; only without it `If-Modified-Since`
    /// (RFC 9110 §13.2.2).
    static func isNotModified(_ request: HTTPFields, _ stored: HTTPFields, receivedAt date: Int64) -> Bool {
        guard !request.contains(.ifNoneMatch) else {
            guard let tag = stored[.eTag].map(weak) else { return false }
            return request.values(of: .ifNoneMatch).contains { list in
                tags(String(decoding: list, as: UTF8.self)).contains { $0 == "*" || weak($0) == tag }
            }
        }
        guard let since = request[.ifModifiedSince].flatMap(HTTPDate.parse) else { return false }
        let modified = (stored[.lastModified] ?? stored[.date]).flatMap(HTTPDate.parse) ?? date
        return modified <= since
    }

    /// A request for what the service has, without the client's conditions: with those of a stored answer, if there is one
    /// to validate.
    static func request(_ request: HTTPRequest, validating stored: StoredResponse?) -> HTTPRequest {
        var asked = request
        asked.head.method = .get
        asked.head.fields.remove(.ifNoneMatch)
        asked.head.fields.remove(.ifModifiedSince)
        guard let stored else { return asked }
        if let tag = stored.fields.value(of: .eTag) { asked.head.fields.append(.ifNoneMatch, bytes: tag) }
        if let date = stored.fields.value(of: .lastModified) {
            asked.head.fields.append(.ifModifiedSince, bytes: date)
        }
        return asked
    }

    /// Whether a 304 speaks of a stored answer (§4.3.4): by its entity tag, if it names one.
    static func confirms(_ notModified: HTTPFields, _ stored: HTTPFields) -> Bool {
        guard let tag = notModified[.eTag] else { return true }
        return stored[.eTag].map { weak($0) == weak(tag) } ?? true
    }

    /// A stored answer's fields with those of a 304 in their place (§3.2): all but what describes the content that stays.
    static func fields(_ stored: HTTPFields, updatedBy notModified: HTTPFields) -> HTTPFields {
        let kept: [HTTPFieldName] = [
            .contentLength, .contentType, .contentRange, "content-encoding", "content-md5", .eTag, .setCookie,
        ]
        var fields = stored
        var seen: [HTTPFieldName] = []
        for (name, value) in notModified.all {
            guard let field = HTTPFieldName(String(decoding: name, as: UTF8.self)), !kept.contains(field)
            else { continue }
            if !seen.contains(field) {
                fields.remove(field)
                seen.append(field)
            }
            fields.append(field, bytes: value)
        }
        return fields
    }

    /// A 304 in the place of a stored answer: without the fields that describe its content (RFC 9110 §15.4.5).
    static func notModified(_ stored: HTTPFields) -> HTTPFields {
        var fields = stored
        for name: HTTPFieldName in [.contentLength, .contentType, .contentRange, "content-encoding"] {
            fields.remove(name)
        }
        return fields
    }

    private static func weak(_ tag: some StringProtocol) -> String {
        tag.hasPrefix("W/") ? String(tag.dropFirst(2)) : String(tag)
    }

    /// The members of a list of entity tags; a comma inside of one does not end it.
    private static func tags(_ list: String) -> [String] {
        var tags: [String] = []
        var tag = ""
        var isQuoted = false
        for character in list {
            if character == "\"" { isQuoted.toggle() }
            if character == ",", !isQuoted {
                tags.append(tag)
                tag = ""
            } else if isQuoted || character != " " && character != "\t" {
                tag.append(character)
            }
        }
        return tags + [tag]
    }
}
