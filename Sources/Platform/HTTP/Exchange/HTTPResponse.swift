/// An answer: what a server's handler returns and what a client gets.
public struct HTTPResponse: Sendable {
    /// Status and fields.
    public var head: HTTPResponseHead
    /// The content.
    public var body: HTTPBody
    /// Told how the exchange ended, once, and adds fields; nil for nobody. Only a server asks for it.
    public var observer: (any HTTPExchangeObserver)?
    /// Takes the connection over behind a 101 answer; nil in all others.
    var takeOver: (@Sendable (UpgradedConnection) async throws -> Void)?

    /// Makes an answer.
    public init(_ status: HTTPStatus, fields: HTTPFields = HTTPFields(), body: HTTPBody = .empty) {
        self.init(HTTPResponseHead(status, fields: fields), body: body)
    }

    /// Makes an answer from a head.
    public init(_ head: HTTPResponseHead, body: HTTPBody = .empty) {
        self.head = head
        self.body = body
    }

    /// Switches the connection to another protocol (RFC 9110 §7.8).
    ///
    /// - Parameters:
    ///   - name: the protocol, one of those in ``HTTPRequest/upgrade``.
    ///   - fields: more fields of the 101 answer.
    ///   - takeOver: speaks the protocol; the connection closes when it returns or throws.
    /// - Returns: the 101 answer.
    public static func switching(
        to name: String,
        fields: HTTPFields = HTTPFields(),
        _ takeOver: @escaping @Sendable (UpgradedConnection) async throws -> Void
    ) -> HTTPResponse {
        var response = HTTPResponse(.switchingProtocols, fields: fields)
        response.head.fields.set(.upgrade, name)
        response.takeOver = takeOver
        return response
    }

    /// The same answer; where it switches to another protocol, an object is kept until that has ended.
    package func keeping(_ object: any AnyObject & Sendable) -> HTTPResponse {
        guard let takeOver else { return self }
        var response = self
        response.takeOver = { connection in
            defer { withExtendedLifetime(object) {} }
            try await takeOver(connection)
        }
        return response
    }
}
