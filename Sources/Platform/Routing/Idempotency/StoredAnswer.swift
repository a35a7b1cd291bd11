public import HTTP

/// An answer that can be kept and sent again.
public struct StoredAnswer: Sendable, Equatable {
    /// The status.
    public let status: HTTPStatus
    /// The fields.
    public let fields: HTTPFields
    /// The content, whole.
    public let content: [UInt8]

    /// Makes an answer from what was kept.
    public init(status: HTTPStatus, fields: HTTPFields, content: [UInt8]) {
        self.status = status
        self.fields = fields
        self.content = content
    }

    /// Takes an answer of at most 1 MiB.
    init(_ response: HTTPResponse) async throws {
        self.init(
            status: response.head.status,
            fields: response.head.fields,
            content: try await response.body.collect(upTo: 1 << 20)
        )
    }

    var response: HTTPResponse { HTTPResponse(status, fields: fields, body: HTTPBody(content)) }
}
