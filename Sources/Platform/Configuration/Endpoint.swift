/// Where something is reached: `http://127.0.0.1:4318/v1`. A URL's scheme, host, port and path (RFC 3986 §3), no more.
public struct Endpoint: Sendable, Equatable, CustomStringConvertible {
    /// `http`, in lower case.
    public let scheme: String
    /// A name or IPv4 address, or an IPv6 address without its brackets.
    public let host: String
    /// 1 to 65535, nil when it is not named.
    public let port: Int?
    /// Empty, or begins with `/`.
    public let path: String

    /// The endpoint as a URL.
    public var description: String {
        let authority = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(authority)\(port.map { ":\($0)" } ?? "")\(path)"
    }

    /// Reads an endpoint; nil when it is none, or holds a user, a query or a fragment.
    ///
    /// - Parameters:
    ///   - text: at most 2048 bytes.
    ///   - defaultScheme: the scheme of a text without `://`; nil refuses such a text.
    public init?(_ text: String, defaultScheme: String? = nil) {
        guard text.utf8.count <= 2_048, text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        guard let (scheme, rest) = Self.splitScheme(text, defaultScheme) else { return nil }
        let authority = rest.prefix { $0 != "/" }
        guard let (host, portText) = Self.splitPort(authority), Self.isHost(host) else { return nil }
        if let portText {
            guard let port = ValueFormat<Int>.integer(1...65_535).parse(.text(portText)) else { return nil }
            self.port = port
        } else {
            port = nil
        }
        self.scheme = scheme
        self.host = host
        path = String(rest.dropFirst(authority.count))
    }

    private static func splitScheme(_ text: String, _ standard: String?) -> (String, Substring)? {
        guard let mark = text.firstIndex(of: ":"), text[mark...].hasPrefix("://") else {
            return standard.map { ($0, text[...]) }
        }
        return (text[..<mark].lowercased(), text[mark...].dropFirst(3))
    }

    private static func splitPort(_ authority: Substring) -> (String, String?)? {
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]"), authority[..<end].contains(":") else { return nil }
            let rest = authority[end...].dropFirst()
            guard rest.isEmpty || rest.first == ":" else { return nil }
            return (String(authority[..<end].dropFirst()), rest.isEmpty ? nil : String(rest.dropFirst()))
        }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        return (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil)
    }

    /// Visible ASCII without what would begin a user, a query, a fragment or another notation.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !#"@?#\"<>"#.utf8.contains(byte)
    }

    /// Letters, digits, `-`, `.`, `_`; in an IPv6 address `:` too.
    private static func isHost(_ host: String) -> Bool {
        !host.isEmpty
            && host.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "-._:".utf8.contains(byte)
            }
    }
}

extension ValueFormat where Value == Endpoint {
    /// A URL without user, query and fragment.
    ///
    /// - Parameters:
    ///   - schemes: those that are taken, lower case.
    ///   - defaultScheme: the scheme of a text without one, as `CONSUL_HTTP_ADDR` allows; nil refuses such a text.
    /// - Returns: the format.
    public static func endpoint(
        schemes: [String] = ["http", "https"],
        defaultScheme: String? = nil
    ) -> ValueFormat {
        let forms = schemes.map { "\($0)://host:port/path" }.joined(separator: " or ")
        return ValueFormat(
            rule: forms + ", without user and query",
            parse: { text in
                Endpoint(text, defaultScheme: defaultScheme).flatMap {
                    schemes.contains($0.scheme) ? $0 : nil
                }
            },
            show: { $0.description }
        )
    }
}
