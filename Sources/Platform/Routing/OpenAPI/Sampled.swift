import FoundationEssentials
import JSON

/// Types whose schema is known, and a value of them.
protocol Sampled {
    static func schema(in book: SchemaBook) -> JSONSchema
    static var anySample: Any { get }
}

extension Sampled where Self: PathParameter {
    static func schema(in book: SchemaBook) -> JSONSchema { parameterSchema }
}
extension Sampled where Self: FixedWidthInteger {
    static var anySample: Any { Self.zero }
}

extension Int: Sampled {}
extension Int8: Sampled {}
extension Int16: Sampled {}
extension Int32: Sampled {}
extension Int64: Sampled {}
extension UInt: Sampled {}
extension UInt8: Sampled {}
extension UInt16: Sampled {}
extension UInt32: Sampled {}
extension UInt64: Sampled {}
extension String: Sampled {
    static var anySample: Any { "" }
}
extension Bool: Sampled {
    static var anySample: Any { false }
}
extension Double: Sampled {
    static var anySample: Any { Double.zero }
}
extension Float: Sampled {
    static func schema(in book: SchemaBook) -> JSONSchema { .number }
    static var anySample: Any { Float.zero }
}
extension Decimal: Sampled {
    static func schema(in book: SchemaBook) -> JSONSchema { .number }
    static var anySample: Any { Decimal.zero }
}
extension UUID: Sampled {
    static var anySample: Any { UUID() }
}
extension Date: Sampled {
    static var anySample: Any { Date(timeIntervalSince1970: 0) }
}
extension CalendarDate: Sampled {
    static func schema(in book: SchemaBook) -> JSONSchema { .string(format: "date") }
    static var anySample: Any { CalendarDate.first }
}
extension Data: Sampled {
    static func schema(in book: SchemaBook) -> JSONSchema {
        JSONSchema(["type": "string", "contentEncoding": "base64"])
    }
    static var anySample: Any { Data() }
}
extension Array: Sampled {
    /// Bytes are a string of base64, as `JSONText` writes them.
    static func schema(in book: SchemaBook) -> JSONSchema {
        Element.self == UInt8.self ? Data.schema(in: book) : .array(of: book.schema(of: Element.self))
    }
    static var anySample: Any { Self() }
}
extension Set: Sampled {
    static func schema(in book: SchemaBook) -> JSONSchema { .array(of: book.schema(of: Element.self)) }
    static var anySample: Any { Self() }
}
extension Dictionary: Sampled {
    static func schema(in book: SchemaBook) -> JSONSchema { .dictionary(of: book.schema(of: Value.self)) }
    static var anySample: Any { Self() }
}
extension Optional: Sampled {
    static func schema(in book: SchemaBook) -> JSONSchema { book.schema(of: Wrapped.self).orNull }
    static var anySample: Any { Self.none as Any }
}
