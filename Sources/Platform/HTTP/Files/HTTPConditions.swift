/// What a client that has a copy asks for (RFC 9110 §13).
package enum HTTPConditions {
    /// Whether the client's copy is this one: `If-None-Match` counts; only without it `If-Modified-Since` (§13.2.2).
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - tag: the content's `ETag`, with its quotes.
    ///   - modified: when it was changed, in seconds since 1970; nil when that is not known.
    /// - Returns: true for 304.
    package static func isNotModified(_ request: HTTPRequestHead, _ tag: String, _ modified: Int64?) -> Bool {
        let lists = request.fields.values(of: .ifNoneMatch).map { String(decoding: $0, as: UTF8.self) }
        guard lists.isEmpty else {
            return members(of: lists).contains { $0 == "*" || $0 == tag || $0 == "W/" + tag }
        }
        guard let modified, let since = request.fields[.ifModifiedSince].flatMap(HTTPDate.parse) else {
            return false
        }
        return modified <= since
    }

    /// Whether ranges count: only while the client's copy is this one (§13.1.5).
    package static func mayRange(_ request: HTTPRequestHead, _ tag: String, _ modified: Int64?) -> Bool {
        guard let condition = request.fields[.ifRange] else { return true }
        return condition == tag || modified != nil && HTTPDate.parse(condition) == modified
    }

    /// The tags of lists parted by commas, without the white space around them.
    private static func members(of lists: [String]) -> [String] {
        lists.flatMap { $0.split(separator: ",") }.map { member in
            let start = member.drop { $0 == " " || $0 == "\t" }
            guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
            return String(start[...last])
        }
    }
}
