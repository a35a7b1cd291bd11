/// A request method (RFC 9110 §9).
public struct HTTPMethod: Sendable, Hashable, CustomStringConvertible {
    // A method is compared several times a request: the known ones are told apart by one byte.
    private enum Kind: Hashable {
        case get, head, post, put, delete, patch, options, trace, connect
        case other(String)
    }

    private let kind: Kind

    /// Takes a method by name; nil when it is no token of 1–32 bytes (RFC 9110 §5.6.2).
    public init?(_ name: String) {
        guard (1...Self.lengthLimit).contains(name.utf8.count), name.utf8.allSatisfy(ByteClass.isToken) else {
            return nil
        }
        self = Self.known.first { $0.name == name } ?? HTTPMethod(.other(name))
    }

    private init(_ kind: Kind) { self.kind = kind }

    /// The name as it stands on the wire; methods are case-sensitive.
    public var name: String {
        switch kind {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .patch: "PATCH"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .connect: "CONNECT"
        case .other(let name): name
        }
    }

    /// The longest method that is taken, in bytes.
    public static let lengthLimit = 32

    /// GET: a representation of the resource.
    public static var get: HTTPMethod { HTTPMethod(.get) }
    /// HEAD: as GET, without the content.
    public static var head: HTTPMethod { HTTPMethod(.head) }
    /// POST: the resource processes the content.
    public static var post: HTTPMethod { HTTPMethod(.post) }
    /// PUT: the content replaces the resource.
    public static var put: HTTPMethod { HTTPMethod(.put) }
    /// DELETE: the resource goes away.
    public static var delete: HTTPMethod { HTTPMethod(.delete) }
    /// PATCH: the content changes the resource (RFC 5789).
    public static var patch: HTTPMethod { HTTPMethod(.patch) }
    /// OPTIONS: what the resource, or `*` the server, can do.
    public static var options: HTTPMethod { HTTPMethod(.options) }
    /// TRACE: the server would echo the request.
    public static var trace: HTTPMethod { HTTPMethod(.trace) }
    /// CONNECT: a tunnel.
    public static var connect: HTTPMethod { HTTPMethod(.connect) }

    /// The methods of RFC 9110 and PATCH.
    static let known: [HTTPMethod] = [.get, .head, .post, .put, .delete, .patch, .options, .trace, .connect]

    /// Whether it only reads (RFC 9110 §9.2.1).
    package var isSafe: Bool { self == .get || self == .head || self == .options || self == .trace }

    /// Whether sending it twice means the same as once (RFC 9110 §9.2.2).
    public var isIdempotent: Bool {
        self == .get || self == .head || self == .put || self == .delete || self == .options || self == .trace
    }

    /// The method's name.
    public var description: String { name }
}
