import HTTP
public import JSON

/// A type that may come in as a request's JSON content: `struct NewNote: RequestBody { let title: String }`.
///
/// The word is asked for so that no type becomes an input by chance, and because of what it promises: `init(from:)` asks
/// for the same fields whatever their values are and only stores them, as a synthesised one does (see `JSONFieldwise`).
///
/// The content type must be JSON (415), the text well-formed (400), the fields right (422, naming each); then the rules of
/// ``Validatable`` are asked, all of them.
public protocol RequestBody: JSONFieldwise, HandlerInput {}

extension RequestBody {
    /// Notes the content.
    public static func describe(_ route: inout RouteShape) {
        route.contents.append(.init(mediaType: "application/json") { $0.schema(of: Self.self) })
    }

    /// Reads and checks the content.
    public static func read(from call: inout RouteCall) async throws -> Self {
        try BodyCoding.checkType(of: call.request.head)
        let value = try BodyCoding.decode(Self.self, from: try await call.content())
        if let value = value as? any Validatable {
            try Validation.check(value) { .pointer($0) }
        }
        return value
    }
}

extension Array: HandlerInput, JSONFieldwise, RequestBody where Element: RequestBody {}

extension Array: Validatable where Element: Validatable {
    /// Checks each element.
    public func validate(_ check: inout Validation) {
        for (index, element) in enumerated() { check.nested("\(index)", element) }
    }
}
