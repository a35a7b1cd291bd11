/// The name of a field, compared without regard to case (RFC 9110 §5.1).
public struct HTTPFieldName: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// How a field of this name begins: `name: `, in lower case.
    let lineStart: [UInt8]
    /// The first eight bytes as a number, or as many as there are: with the length they tell nearly all names apart.
    let beginning: UInt64

    /// Takes a name in any case; nil when it is no token (RFC 9110 §5.6.2).
    public init?(_ name: String) {
        guard !name.isEmpty, name.utf8.allSatisfy(ByteClass.isToken) else { return nil }
        self.init(known: String(decoding: name.utf8.map(ByteClass.lowercase), as: UTF8.self))
    }

    /// Takes a name written in the source, in any case. One that is no token stops the program.
    public init(stringLiteral name: String) {
        precondition(!name.isEmpty && name.utf8.allSatisfy(ByteClass.isToken), "\(name) is no field name")
        self.init(known: String(decoding: name.utf8.map(ByteClass.lowercase), as: UTF8.self))
    }

    private init(known name: String) {
        lineStart = Array("\(name): ".utf8)
        beginning = ByteScan.lowercaseBeginning(name.utf8.span)
    }

    /// The name in lower case.
    public var name: String { String(decoding: lineStart.dropLast(2), as: UTF8.self) }

    /// The name's length in bytes.
    var byteCount: Int { lineStart.count - 2 }

    /// Whether a field's name, in any case, is this one.
    @inline(__always) func matches(_ other: Span<UInt8>) -> Bool {
        let count = other.count
        guard count == byteCount, ByteScan.lowercaseBeginning(other) == beginning else { return false }
        return count <= 8 || hasSameEnd(other)
    }

    /// The bytes behind the first eight of a name of the same length.
    private func hasSameEnd(_ other: Span<UInt8>) -> Bool {
        for index in 8..<other.count where ByteClass.lowercase(other[index]) != lineStart[index] {
            return false
        }
        return true
    }

    /// Accept-Ranges.
    public static let acceptRanges = HTTPFieldName(known: "accept-ranges")
    /// Allow.
    public static let allow = HTTPFieldName(known: "allow")
    /// Authorization.
    public static let authorization = HTTPFieldName(known: "authorization")
    /// Cache-Control.
    public static let cacheControl = HTTPFieldName(known: "cache-control")
    /// Connection.
    public static let connection = HTTPFieldName(known: "connection")
    /// Content-Length.
    public static let contentLength = HTTPFieldName(known: "content-length")
    /// Content-Range.
    public static let contentRange = HTTPFieldName(known: "content-range")
    /// Content-Type.
    public static let contentType = HTTPFieldName(known: "content-type")
    /// Date.
    public static let date = HTTPFieldName(known: "date")
    /// ETag.
    public static let eTag = HTTPFieldName(known: "etag")
    /// Expect.
    public static let expect = HTTPFieldName(known: "expect")
    /// Host.
    public static let host = HTTPFieldName(known: "host")
    /// If-Modified-Since.
    public static let ifModifiedSince = HTTPFieldName(known: "if-modified-since")
    /// If-None-Match.
    public static let ifNoneMatch = HTTPFieldName(known: "if-none-match")
    /// If-Range.
    public static let ifRange = HTTPFieldName(known: "if-range")
    /// Keep-Alive.
    public static let keepAlive = HTTPFieldName(known: "keep-alive")
    /// Last-Modified.
    public static let lastModified = HTTPFieldName(known: "last-modified")
    /// Location.
    public static let location = HTTPFieldName(known: "location")
    /// Proxy-Connection, which nobody should send.
    public static let proxyConnection = HTTPFieldName(known: "proxy-connection")
    /// Range.
    public static let range = HTTPFieldName(known: "range")
    /// Retry-After.
    public static let retryAfter = HTTPFieldName(known: "retry-after")
    /// Server.
    public static let server = HTTPFieldName(known: "server")
    /// TE.
    public static let te = HTTPFieldName(known: "te")
    /// Trailer.
    public static let trailer = HTTPFieldName(known: "trailer")
    /// Transfer-Encoding.
    public static let transferEncoding = HTTPFieldName(known: "transfer-encoding")
    /// Upgrade.
    public static let upgrade = HTTPFieldName(known: "upgrade")
    /// User-Agent.
    public static let userAgent = HTTPFieldName(known: "user-agent")
    /// Via.
    public static let via = HTTPFieldName(known: "via")

    /// The name in lower case.
    public var description: String { name }
}
