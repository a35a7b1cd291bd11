import HTTP
import JSON

/// A value as JSON, 200; nil is 404.
struct JSONContent<Value: Encodable>: ResponseContent {
    private let value: Value

    init(_ value: Value) { self.value = value }

    static func describeAnswer(_ route: inout RouteShape) {
        let absent = Value.self as? any Absent.Type
        let type: any Any.Type = absent?.wrapped ?? Value.self
        route.answer.mediaType = "application/json"
        route.answer.schema = { $0.schema(of: type) }
        route.answer.mayBeAbsent = absent != nil
    }

    func response(to request: Request) throws -> HTTPResponse {
        if let absent = value as? any Absent, absent.isAbsent {
            throw Problem(.notFound, reason: "not_found")
        }
        return HTTPResponse(
            .ok,
            fields: [.contentType: "application/json"],
            body: HTTPBody(try JSONText.encode(value))
        )
    }
}

/// An optional, whatever it is of.
private protocol Absent {
    static var wrapped: any Any.Type { get }
    var isAbsent: Bool { get }
}

extension Optional: Absent {
    fileprivate static var wrapped: any Any.Type { Wrapped.self }
    fileprivate var isAbsent: Bool { self == nil }
}
