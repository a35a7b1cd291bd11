public import JSON

/// What a JSON value looks like (JSON Schema 2020-12, the dialect of OpenAPI 3.1).
public struct JSONSchema: Sendable, Hashable {
    /// The schema's keywords.
    public var object: JSONObject

    /// Takes keywords.
    public init(_ object: JSONObject) { self.object = object }

    var value: JSONValue { .object(object) }

    /// Any value.
    public static let anything = JSONSchema([:])
    /// `true` or `false`.
    public static let boolean = JSONSchema(["type": "boolean"])
    /// A number.
    public static let number = JSONSchema(["type": "number"])

    /// A text, of a format such as `uuid` or `date-time` (JSON Schema Validation §7.3), or a pattern (ECMA-262).
    public static func string(format: String? = nil, pattern: String? = nil) -> JSONSchema {
        var schema = JSONSchema(["type": "string"])
        schema.object["format"] = format.map { .string($0) }
        schema.object["pattern"] = pattern.map { .string($0) }
        return schema
    }

    /// An integer within bounds.
    public static func integer(minimum: Int? = nil, maximum: Int? = nil) -> JSONSchema {
        var schema = JSONSchema(["type": "integer"])
        schema.object["minimum"] = minimum.map { .number(JSONNumber($0)) }
        schema.object["maximum"] = maximum.map { .number(JSONNumber($0)) }
        return schema
    }

    /// An integer within a type's bounds.
    static func integer<Value: FixedWidthInteger>(of type: Value.Type) -> JSONSchema {
        JSONSchema([
            "type": "integer", "minimum": .number(JSONNumber(Value.min)),
            "maximum": .number(JSONNumber(Value.max)),
        ])
    }

    /// One of these texts.
    public static func enumeration(_ values: [String]) -> JSONSchema {
        JSONSchema(["type": "string", "enum": .array(values.map { .string($0) })])
    }

    /// Values of one form in any number.
    public static func array(of element: JSONSchema) -> JSONSchema {
        JSONSchema(["type": "array", "items": element.value])
    }

    /// An object of which no more is known.
    static let someObject = JSONSchema(["type": "object"])

    /// Values of one form under any names.
    static func dictionary(of element: JSONSchema) -> JSONSchema {
        JSONSchema(["type": "object", "additionalProperties": element.value])
    }

    /// An object with these members in order, of which the required ones are always there.
    public static func object(_ properties: [(String, JSONSchema)], required: [String] = []) -> JSONSchema {
        let members = properties.reduce(into: JSONObject()) { $0[$1.0] = $1.1.value }
        var schema = JSONSchema(["type": "object", "properties": .object(members)])
        if !required.isEmpty { schema.object["required"] = .array(required.map { .string($0) }) }
        return schema
    }

    /// The same, or null.
    var orNull: JSONSchema { JSONSchema(["anyOf": [value, ["type": "null"]]]) }

    /// What it asks for, as an error says it.
    var words: String {
        if case .array(let values)? = object["enum"] {
            return "one of " + values.compactMap(\.string).joined(separator: ", ")
        }
        if case .object(let items)? = object["items"] { return JSONSchema(items).words }
        guard let type = object["type"]?.string else { return "another value" }
        if let format = object["format"]?.string { return "a \(format)" }
        if let low = object["minimum"]?.number, let high = object["maximum"]?.number {
            return "an integer from \(low) to \(high)"
        }
        return "a \(type)"
    }
}

/// A type that says itself what its JSON looks like: where `init(from:)` does not show it.
public protocol SchemaProviding {
    /// What the type's values look like.
    static var schema: JSONSchema { get }
}
