/// A request method (RFC 9110 §9).
public struct HTTPMethod: Sendable, Hashable, CustomStringConvertible {
    /// The name as it stands on the wire; methods are case-sensitive.
    public let name: String

    /// Takes a method by name; nil when it is no token of 1–32 bytes (RFC 9110 §5.6.2).
    public init?(_ name: String) {
        guard (1...Self.lengthLimit).contains(name.utf8.count), name.utf8.allSatisfy(ByteClass.isToken) else {
            return nil
        }
        self.name = name
    }

    private init(known name: String) { self.name = name }

    /// The longest method that is taken, in bytes.
    public static let lengthLimit = 32

    /// GET: a representation of the resource.
    public static let get = HTTPMethod(known: "GET")
    /// HEAD: as GET, without the content.
    public static let head = HTTPMethod(known: "HEAD")
    /// POST: the resource processes the content.
    public static let post = HTTPMethod(known: "POST")
    /// PUT: the content replaces the resource.
    public static let put = HTTPMethod(known: "PUT")
    /// DELETE: the resource goes away.
    public static let delete = HTTPMethod(known: "DELETE")
    /// PATCH: the content changes the resource (RFC 5789).
    public static let patch = HTTPMethod(known: "PATCH")
    /// OPTIONS: what the resource, or `*` the server, can do.
    public static let options = HTTPMethod(known: "OPTIONS")
    /// TRACE: the server would echo the request.
    public static let trace = HTTPMethod(known: "TRACE")
    /// CONNECT: a tunnel.
    public static let connect = HTTPMethod(known: "CONNECT")

    /// The methods of RFC 9110 and PATCH.
    static let known: [HTTPMethod] = [.get, .head, .post, .put, .delete, .patch, .options, .trace, .connect]

    /// Whether sending it twice means the same as once (RFC 9110 §9.2.2).
    public var isIdempotent: Bool {
        self == .get || self == .head || self == .put || self == .delete || self == .options || self == .trace
    }

    /// The method's name.
    public var description: String { name }
}
