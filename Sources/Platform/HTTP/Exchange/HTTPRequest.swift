public import Reactor

/// A request: what a server's handler gets and what a client sends.
public struct HTTPRequest: Sendable {
    /// Method, target and fields.
    public var head: HTTPRequestHead
    /// The content.
    public var body: HTTPBody
    /// Who sent it, on a server; nil for a client, and for a peer without a name (Unix sockets).
    public var remoteAddress: SocketAddress?
    /// The protocols the client would switch to, from `Upgrade`; nil when it doesn't ask or may not (RFC 9110 §7.8).
    public var upgrade: String?
}

// Beside the memberwise initializer, which builds a parsed request without a copy.
extension HTTPRequest {
    /// Makes a request.
    public init(_ head: HTTPRequestHead, body: HTTPBody = .empty) {
        self.init(head: head, body: body, remoteAddress: nil, upgrade: nil)
    }

    /// Makes a request from its parts; see ``HTTPRequestHead/init(_:_:fields:)``.
    public init(
        _ method: HTTPMethod,
        _ target: String,
        fields: HTTPFields = HTTPFields(),
        body: HTTPBody = .empty
    ) {
        self.init(HTTPRequestHead(method, target, fields: fields), body: body)
    }
}
