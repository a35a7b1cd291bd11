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
        HTTPResponse(.ok, fields: [.contentType: "application/json"], body: HTTPBody(try text()))
    }

    private func text() throws -> [UInt8] {
        guard let absent = Value.self as? any Absent.Type else { return try JSONText.encode(value) }
        guard let text = try absent.text(of: value) else { throw Problem(.notFound, reason: "not_found") }
        return text
    }
}

/// An optional, whatever it is of.
private protocol Absent {
    static var wrapped: any Any.Type { get }
    /// The JSON of a value of this type; nil where there is none in it.
    static func text<Value>(of value: Value) throws -> [UInt8]?
}

extension Optional: Absent where Wrapped: Encodable {
    fileprivate static var wrapped: any Any.Type { Wrapped.self }

    fileprivate static func text<Value>(of value: Value) throws -> [UInt8]? {
        // The same type under another name, so that nothing is unwrapped on the way.
        guard case .some(.some(let present)) = value as? Self else { return nil }
        return try JSONText.encode(present)
    }
}
