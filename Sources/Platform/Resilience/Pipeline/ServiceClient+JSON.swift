public import HTTP
import JSON

extension ServiceClient {
    /// The most that an answer's value may take, where a call says nothing else: 1 MiB.
    public static let answerByteLimit = 1 << 20

    /// Gets a resource.
    public func get(_ target: String, on route: CallRoute? = nil) async throws(CallError) -> HTTPResponse {
        try await send(HTTPRequest(.get, target), on: route)
    }

    /// Gets a value as JSON; see ``value(_:of:upTo:)``.
    public func get<Value: Decodable>(
        _ type: Value.Type,
        _ target: String,
        on route: CallRoute? = nil,
        upTo limit: Int = ServiceClient.answerByteLimit
    ) async throws(CallError) -> Value {
        let request = HTTPRequest(.get, target, fields: [.accept: "application/json"])
        return try await value(type, of: try await send(request, on: route), upTo: limit)
    }

    /// Posts a value as JSON. With `key` as its `Idempotency-Key`, a call to an idempotent route may be sent again.
    public func post(
        _ target: String,
        json value: some Encodable,
        key: String? = nil,
        on route: CallRoute? = nil
    ) async throws(CallError) -> HTTPResponse {
        var fields: HTTPFields = [.contentType: "application/json", .accept: "application/json"]
        if let key { fields.append(.idempotencyKey, key) }
        let bytes: [UInt8]
        do throws(JSONError) {
            bytes = try JSONText.encode(value)
        } catch {
            throw CallError(.badRequest, service, detail: "\(error)")
        }
        return try await send(HTTPRequest(.post, target, fields: fields, body: HTTPBody(bytes)), on: route)
    }

    /// Reads an answer's content as JSON, `limit` bytes at most.
    ///
    /// - Throws: ``CallError/Code/unexpectedStatus(_:)`` for an answer that is no success, and
    ///   ``CallError/Code/unusableAnswer`` for a content that is too large, cut or not such a value.
    public func value<Value: Decodable>(
        _ type: Value.Type,
        of response: HTTPResponse,
        upTo limit: Int = ServiceClient.answerByteLimit
    ) async throws(CallError) -> Value {
        guard (200..<300).contains(response.head.status.code) else { throw unexpected(response.head) }
        do {
            return try JSONText.decode(type, from: try await response.body.collect(upTo: limit))
        } catch {
            throw CallError(.unusableAnswer, service, detail: "\(error)")
        }
    }

    private func unexpected(_ head: HTTPResponseHead) -> CallError {
        CallError(.unexpectedStatus(head.status), service, retryAfter: RetryAfter.of(head.fields))
    }
}

extension HTTPFieldName {
    /// Accept.
    fileprivate static let accept: HTTPFieldName = "accept"
}
