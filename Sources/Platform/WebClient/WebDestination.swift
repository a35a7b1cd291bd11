/// Where a web request goes: scheme, host and port (an origin, RFC 6454 §4).
public struct WebDestination: Sendable, Hashable, CustomStringConvertible {
    /// The schemes that are spoken; nothing else leaves this module.
    public enum Scheme: String, Sendable, Hashable {
        /// Plain text.
        case http
        /// TLS 1.2 or newer, always verified.
        case https

        var defaultPort: UInt16 { self == .https ? 443 : 80 }
    }

    /// The scheme.
    public let scheme: Scheme
    /// A name in ASCII (an international one in its `xn--` form), an IPv4 address, or an IPv6 address in brackets.
    public let host: String
    /// The port.
    public let port: UInt16

    /// Takes a host by name or address; an IPv6 address with or without brackets.
    ///
    /// - Throws: ``WebClientError/invalidRequest(_:)`` for a host that is neither.
    public init(
        _ scheme: Scheme = .https,
        host: String,
        port: UInt16? = nil
    ) throws(WebClientError) {
        let host = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        guard Self.isHost(host) else { throw .invalidRequest("the host is neither a name nor an address") }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port ?? scheme.defaultPort
    }

    /// Reads an origin, such as `https://api.example.com` or `http://[::1]:8500`; a single `/` may follow.
    ///
    /// - Throws: ``WebClientError/invalidRequest(_:)`` that names the part that is wrong.
    public init(_ origin: String) throws(WebClientError) {
        let url = try WebURL(origin)
        guard url.target == "/" else { throw .invalidRequest("a destination has no path or query") }
        self = url.destination
    }

    /// Scheme, host and port as they stand in a URL; the port is left out where it is the scheme's own.
    public var description: String {
        port == scheme.defaultPort ? "\(scheme.rawValue)://\(host)" : "\(scheme.rawValue)://\(host):\(port)"
    }

    private static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = host.utf8.dropFirst().dropLast()
            return !address.isEmpty && address.allSatisfy { isHexDigit($0) || $0 == 0x3a || $0 == 0x2e }
        }
        return (1...253).contains(host.utf8.count) && host.utf8.allSatisfy(isNameByte)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    /// Letters, digits, hyphen, dot, underscore: no `@`, no `%`, nothing that another parser could split at.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte == 0x2d || byte == 0x2e
            || byte == 0x5f
    }
}
