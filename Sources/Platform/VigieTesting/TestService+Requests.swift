public import Vigie

extension TestService {
    /// An answer, read whole.
    public struct Answer: Sendable {
        /// The status code.
        public let status: Int
        /// The fields.
        public let fields: HTTPFields
        /// The content.
        public let content: [UInt8]

        /// Puts an answer together.
        public init(status: Int, fields: HTTPFields, content: [UInt8]) {
            self.status = status
            self.fields = fields
            self.content = content
        }

        /// The content as text.
        public var text: String { String(decoding: content, as: UTF8.self) }

        /// The content as JSON.
        ///
        /// - Throws: `JSONError` when it is none.
        public var json: JSONValue { get throws { try JSONText.decode(JSONValue.self, from: content) } }

        /// The content as a value.
        ///
        /// - Throws: `JSONError` when it is none.
        public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try JSONText.decode(type, from: content)
        }
    }

    /// Sends a request as it is and reads its answer.
    ///
    /// - Throws: `HTTPClientError`; `HTTPBody.TooLarge` above 64 MiB.
    public func send(_ request: HTTPRequest) async throws -> Answer {
        let response = try await client.send(request, to: HTTPDestination(address))
        return Answer(
            status: Int(response.head.status.code),
            fields: response.head.fields,
            content: try await response.body.collect(upTo: 1 << 26)
        )
    }

    /// Sends a request and reads its answer.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: path and query.
    ///   - json: the content, a JSON text; nil for none.
    ///   - subject: who sends it, with a token; nil for nobody.
    ///   - roles: what the token says of them.
    ///   - fields: more fields.
    /// - Returns: the answer, whatever its status.
    /// - Throws: as ``send(_:)``.
    public func send(
        _ method: HTTPMethod,
        _ target: String,
        json: String? = nil,
        as subject: String? = nil,
        roles: [String] = [],
        fields: HTTPFields = [:]
    ) async throws -> Answer {
        var request = HTTPRequest(method, target, fields: fields)
        if let json {
            request.body = HTTPBody(json)
            request.head.fields.set(.contentType, "application/json")
        }
        if let subject {
            request.head.fields.set(.authorization, "Bearer \(try token(for: subject, roles: roles))")
        }
        return try await send(request)
    }

    /// GET.
    ///
    /// - Throws: as ``send(_:)``.
    public func get(_ target: String, as subject: String? = nil) async throws -> Answer {
        try await send(.get, target, as: subject)
    }

    /// POST with a JSON text.
    ///
    /// - Throws: as ``send(_:)``.
    public func post(_ target: String, json: String, as subject: String? = nil) async throws -> Answer {
        try await send(.post, target, json: json, as: subject)
    }
}
