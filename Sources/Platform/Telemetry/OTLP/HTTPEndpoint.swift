/// A URL of the form `http://host[:port][/path]` (RFC 9110 §4.2.1).
struct HTTPEndpoint: Sendable, Hashable {
    let host: String
    let port: UInt16
    /// At least `/`.
    let path: String

    /// Reads a URL; nil for another scheme, user info, a query, or an empty host.
    init?(_ text: String) {
        guard text.lowercased().hasPrefix("http://") else { return nil }
        let rest = text.dropFirst(7)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        guard !text.contains(where: { "?#@ ".contains($0) }) else { return nil }
        path = slash == rest.endIndex ? "/" : String(rest[slash...])
        // A colon within brackets is the address's.
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        guard let colon = authority[bracket...].lastIndex(of: ":") else {
            port = 80
            host = Self.withoutBrackets(authority)
            if host.isEmpty { return nil }
            return
        }
        guard let port = UInt16(authority[authority.index(after: colon)...]), port > 0 else { return nil }
        self.port = port
        host = Self.withoutBrackets(authority[..<colon])
        if host.isEmpty { return nil }
    }

    private static func withoutBrackets(_ host: Substring) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
    }
}
