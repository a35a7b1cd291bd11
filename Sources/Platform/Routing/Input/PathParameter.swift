public import FoundationEssentials
import HTTP
import JSON

/// A segment of the path: `String`, integers, `Bool`, `Double`, `UUID`, `Date`, and enums with such a raw value that say
/// so (`enum Kind: String, PathParameter`).
///
/// A segment that is no such value names nothing: the answer is 404, as for a path that was never declared.
public protocol PathParameter: HandlerInput {
    /// Reads the value from its text, percent-decoded; nil for anything but the value's one spelling.
    init?(parameter text: String)
    /// What the text looks like, for `/openapi.json`.
    static var parameterSchema: JSONSchema { get }
}

extension PathParameter {
    /// Notes the parameter.
    public static func describe(_ route: inout RouteShape) {
        route.parameters.append(.init(isRest: false) { _ in parameterSchema })
    }

    /// Reads the next parameter of the path, or answers 404.
    public static func read(from call: inout RouteCall) throws -> Self {
        guard let text = PercentText.decode(call.takeCapture()), let value = Self(parameter: text) else {
            throw Problem(.notFound)
        }
        return value
    }
}

extension PathParameter where Self: LosslessStringConvertible {
    /// Reads the value; its text must be the one that the value is written as, so that no two paths mean the same.
    public init?(parameter text: String) {
        guard let value = Self(text), value.description == text else { return nil }
        self = value
    }
}

extension PathParameter where Self: RawRepresentable, RawValue: PathParameter {
    /// Reads the raw value.
    public init?(parameter text: String) {
        guard let raw = RawValue(parameter: text) else { return nil }
        self.init(rawValue: raw)
    }

    /// The raw value's schema.
    public static var parameterSchema: JSONSchema { RawValue.parameterSchema }
}

extension PathParameter where Self: RawRepresentable & CaseIterable, RawValue: PathParameter {
    /// The values that there are.
    public static var parameterSchema: JSONSchema {
        JSONSchema.enumeration(allCases.map { "\($0.rawValue)" })
    }
}

extension PathParameter where Self: FixedWidthInteger & LosslessStringConvertible {
    /// An integer and its range.
    public static var parameterSchema: JSONSchema { .integer(of: Self.self) }
}

extension String: PathParameter {
    /// Takes the text.
    public init?(parameter text: String) { self = text }
    /// Any text.
    public static var parameterSchema: JSONSchema { .string() }
}
extension Int: PathParameter {}
extension Int8: PathParameter {}
extension Int16: PathParameter {}
extension Int32: PathParameter {}
extension Int64: PathParameter {}
extension UInt: PathParameter {}
extension UInt8: PathParameter {}
extension UInt16: PathParameter {}
extension UInt32: PathParameter {}
extension UInt64: PathParameter {}
extension Bool: PathParameter {
    /// `true` or `false`.
    public static var parameterSchema: JSONSchema { .boolean }
}
extension Double: PathParameter {
    /// Reads a finite number in any decimal spelling.
    public init?(parameter text: String) {
        guard let value = Double(text), value.isFinite else { return nil }
        self = value
    }
    /// A number.
    public static var parameterSchema: JSONSchema { .number }
}
extension UUID: PathParameter {
    /// Reads a UUID in either case (RFC 9562 §4).
    public init?(parameter text: String) {
        guard let id = UUIDText.uuid(text) else { return nil }
        self = id
    }
    /// Reads the next parameter of the path, or answers 404; one without escapes without making a text of it.
    public static func read(from call: inout RouteCall) throws -> UUID {
        let capture = call.takeCapture()
        if let id = UUIDText.uuid(capture.span) { return id }
        guard let text = PercentText.decode(capture), let id = UUIDText.uuid(text) else {
            throw Problem(.notFound)
        }
        return id
    }
    /// A UUID.
    public static var parameterSchema: JSONSchema { .string(format: "uuid") }
}
extension Date: PathParameter {
    /// Reads a point in time (RFC 3339 §5.6).
    public init?(parameter text: String) {
        guard let date = try? Date(text, strategy: .iso8601) else { return nil }
        self = date
    }
    /// A point in time.
    public static var parameterSchema: JSONSchema { .string(format: "date-time") }
}
