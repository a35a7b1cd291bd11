public import HTTP

/// 200: a value as JSON, with more fields, such as `ETag` or `Cache-Control`. An optional one that is nil is 404.
public struct WithFields<Value: Encodable & SendableMetatype>: ResponseContent {
    private let value: Value
    private let fields: HTTPFields

    /// Makes the answer.
    public init(_ value: Value, _ fields: HTTPFields) {
        self.value = value
        self.fields = fields
    }

    /// 200 with JSON.
    public static func describeAnswer(_ route: inout RouteShape) { JSONContent<Value>.describeAnswer(&route) }

    /// 200 with JSON and the fields.
    public func response(to request: Request) throws -> HTTPResponse {
        var response = try JSONContent(value).response(to: request)
        for field in fields.all { response.head.fields.append(field) }
        return response
    }
}

extension WithFields: Sendable where Value: Sendable {}
