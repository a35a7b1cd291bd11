/// An answer without its content: status and fields.
public struct HTTPResponseHead: Sendable, Equatable {
    /// The status.
    public var status: HTTPStatus
    /// The version that the server speaks.
    public var version: HTTPVersion
    /// The fields.
    public var fields: HTTPFields

    /// Makes an answer's head.
    public init(_ status: HTTPStatus, fields: HTTPFields = HTTPFields()) {
        self.status = status
        version = .http11
        self.fields = fields
    }
}
