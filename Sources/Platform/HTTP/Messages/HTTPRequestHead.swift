/// A request without its content: method, target, version and fields.
public struct HTTPRequestHead: Sendable, Equatable {
    /// The method.
    public var method: HTTPMethod
    /// The version that the client speaks.
    public var version: HTTPVersion
    /// The fields. In a parsed request `Host` names the authority that counts, also when it came in the target.
    public var fields: HTTPFields
    /// The target as it goes on the wire: path and query, or `*` (OPTIONS), or `host:port` (CONNECT).
    ///
    /// In a parsed request it is the one canonical form: percent-encoded unreserved bytes decoded, hex digits in upper
    /// case, dot segments removed (RFC 3986 §6.2.2); an absolute target has been taken apart. What decides routing is
    /// what a proxy sends on.
    public var targetBytes: [UInt8]

    /// Makes a request head.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: path and query, percent-encoded; bytes that may not stand in a target are percent-encoded for you.
    ///   - fields: the fields; a client adds `Host` and what frames the content.
    public init(_ method: HTTPMethod, _ target: String, fields: HTTPFields = HTTPFields()) {
        self.method = method
        version = .http11
        self.fields = fields
        targetBytes = TargetForm.encode(target.utf8)
    }

    /// Makes the head of a request as it is passed on.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - targetBytes: the target as it goes on the wire.
    ///   - fields: the fields.
    package init(_ method: HTTPMethod, targetBytes: [UInt8], fields: HTTPFields) {
        self.method = method
        version = .http11
        self.fields = fields
        self.targetBytes = targetBytes
    }

    init() {
        method = .get
        version = .http11
        fields = HTTPFields()
        targetBytes = []
    }

    /// The target as text.
    public var target: String { String(decoding: targetBytes, as: UTF8.self) }
    /// The target's path, without query, percent-encoded.
    public var pathBytes: ArraySlice<UInt8> {
        targetBytes[..<(targetBytes.firstIndex(of: UInt8(ascii: "?")) ?? targetBytes.endIndex)]
    }
    /// Whether the target's path is `path`, compared byte by byte without making text.
    public func isPath(_ path: StaticString) -> Bool {
        let count = path.utf8CodeUnitCount
        guard targetBytes.count >= count else { return false }
        // The index stays below the literal's count, and its bytes live as long as the program.
        for index in 0..<count where unsafe targetBytes[index] != path.utf8Start[index] { return false }
        return targetBytes.count == count || targetBytes[count] == UInt8(ascii: "?")
    }

    /// The target's path as text, percent-encoded.
    public var path: String { String(decoding: pathBytes, as: UTF8.self) }
    /// What follows the `?`, percent-encoded; nil without one.
    public var query: String? {
        targetBytes.firstIndex(of: UInt8(ascii: "?")).map {
            String(decoding: targetBytes[($0 + 1)...], as: UTF8.self)
        }
    }
}
