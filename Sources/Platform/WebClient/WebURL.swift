/// An absolute `http` or `https` URL, taken apart into where a request goes and what it asks for (RFC 3986 §3).
///
/// Stricter than the RFC, so that no two parsers read one URL in two ways: no user or password, no escapes in the host,
/// ASCII alone in the host. A fragment is left out, as it never goes on the wire.
public struct WebURL: Sendable, Hashable, CustomStringConvertible {
    /// Scheme, host and port.
    public let destination: WebDestination
    /// Path and query, at least `/`.
    public let target: String

    /// Reads a URL.
    ///
    /// - Throws: ``WebClientError/invalidRequest(_:)`` that names the part that is wrong and repeats none of it: a user
    ///   may have put a password there.
    public init(_ text: String) throws(WebClientError) {
        let (scheme, rest) = try Self.scheme(of: text)
        let end = rest.firstIndex { "/?#\\".contains($0) } ?? rest.endIndex
        destination = try Self.destination(scheme, rest[..<end])
        let behind = rest[end...].prefix { $0 != "#" }
        guard !behind.hasPrefix("\\") else { throw .invalidRequest("the URL has a \\ behind its host") }
        target = behind.hasPrefix("/") ? String(behind) : "/" + behind
    }

    private static func scheme(
        of text: String
    ) throws(WebClientError) -> (WebDestination.Scheme, Substring) {
        for scheme in [WebDestination.Scheme.https, .http] {
            let prefix = scheme.rawValue + "://"
            guard text.prefix(prefix.count).lowercased() == prefix else { continue }
            return (scheme, text.dropFirst(prefix.count))
        }
        throw .invalidRequest("the URL does not begin with https:// or http://")
    }

    private static func destination(
        _ scheme: WebDestination.Scheme,
        _ authority: Substring
    ) throws(WebClientError) -> WebDestination {
        guard !authority.contains("@") else {
            throw .invalidRequest("the URL has a user or password; send an Authorization field instead")
        }
        let hostEnd =
            authority.hasPrefix("[")
            ? authority.firstIndex(of: "]").map { authority.index(after: $0) } : authority.firstIndex(of: ":")
        let host = authority[..<(hostEnd ?? authority.endIndex)]
        let suffix = authority[host.endIndex...]
        guard !suffix.isEmpty else { return try WebDestination(scheme, host: String(host)) }
        let digits = suffix.dropFirst()
        let isNumber = suffix.hasPrefix(":") && digits.allSatisfy { $0.isASCII && $0.isNumber }
        guard isNumber, let port = UInt16(digits), port > 0 else {
            throw .invalidRequest("the URL's port is not a number from 1 to 65535")
        }
        return try WebDestination(scheme, host: String(host), port: port)
    }

    /// The URL without its fragment.
    public var description: String { "\(destination)\(target)" }
}
