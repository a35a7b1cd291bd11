public import HTTP

/// 201: what was made, as JSON, and where it is now.
public struct Created<Value: Encodable & SendableMetatype>: ResponseContent {
    private let value: Value
    private let location: String?
    private let fields: HTTPFields

    /// Makes the answer.
    ///
    /// - Parameters:
    ///   - value: what was made.
    ///   - location: its path, percent-encoded where needed; nil for none.
    ///   - fields: more fields, such as `ETag`.
    public init(_ value: Value, location: String? = nil, fields: HTTPFields = [:]) {
        self.value = value
        self.location = location
        self.fields = fields
    }

    /// 201 with JSON.
    public static func describeAnswer(_ route: inout RouteShape) {
        JSONContent<Value>.describeAnswer(&route)
        route.answer.status = 201
    }

    /// 201 with JSON, and `Location`.
    public func response(to request: Request) throws -> HTTPResponse {
        var response = try JSONContent(value).response(to: request)
        response.head.status = .created
        for field in fields.all { response.head.fields.append(field) }
        if let location { response.head.fields.append(.location, location) }
        return response
    }
}

extension Created: Sendable where Value: Sendable {}
