import HTTP

/// A type that is read from the query: `struct Page: RequestQuery { let limit: Int?; let sort: [Order] }`.
///
/// Fields are scalars, enums with raw values, optionals of them, and arrays for parameters that may be repeated. A route
/// that takes a query knows its parameters: one that is missing, malformed, repeated or unknown is 422, and all are named
/// at once. (A misspelt `limt=5` that is passed over gives an answer to another question.) A route that takes none does
/// not look at the query.
public protocol RequestQuery: Decodable, HandlerInput {}

extension RequestQuery {
    /// Notes the query.
    public static func describe(_ route: inout RouteShape) {
        route.queries.append { $0.plainSchema(of: Self.self) }
    }

    /// Reads and checks the query.
    public static func read(from call: inout RouteCall) throws -> Self {
        let value = try QueryDecoder.decode(Self.self, from: call.request.head.targetBytes)
        if let value = value as? any Validatable {
            try Validation.check(value) { .parameter(String($0.dropFirst())) }
        }
        return value
    }
}
