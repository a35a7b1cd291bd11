/// What a JSON value looks like (JSON Schema 2020-12, the dialect of OpenAPI 3.1).
public struct JSONSchema: Sendable, Hashable {
    var value: DocumentValue

    init(_ value: DocumentValue) { self.value = value }

    /// Any value.
    public static let anything = JSONSchema([:])
    /// `true` or `false`.
    public static let boolean = JSONSchema(["type": "boolean"])
    /// A number.
    public static let number = JSONSchema(["type": "number"])

    /// A text.
    ///
    /// - Parameters:
    ///   - format: `uuid`, `date-time`, … (JSON Schema Validation §7.3).
    ///   - pattern: a regular expression (ECMA-262).
    public static func string(format: String? = nil, pattern: String? = nil) -> JSONSchema {
        var schema = JSONSchema(["type": "string"])
        schema.value["format"] = format.map { .string($0) }
        schema.value["pattern"] = pattern.map { .string($0) }
        return schema
    }

    /// An integer within bounds.
    public static func integer(minimum: Int? = nil, maximum: Int? = nil) -> JSONSchema {
        var schema = JSONSchema(["type": "integer"])
        schema.value["minimum"] = minimum.map { .number(String($0)) }
        schema.value["maximum"] = maximum.map { .number(String($0)) }
        return schema
    }

    /// An integer within a type's bounds.
    static func integer<Value: FixedWidthInteger>(of type: Value.Type) -> JSONSchema {
        JSONSchema([
            "type": "integer", "minimum": .number(String(Value.min)), "maximum": .number(String(Value.max)),
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

    /// Values of one form under any names.
    static func dictionary(of element: JSONSchema) -> JSONSchema {
        JSONSchema(["type": "object", "additionalProperties": element.value])
    }

    /// An object with these members.
    ///
    /// - Parameters:
    ///   - properties: the members in order.
    ///   - required: those that are always there.
    public static func object(_ properties: [(String, JSONSchema)], required: [String] = []) -> JSONSchema {
        let members = properties.map { DocumentValue.Member(key: $0, value: $1.value) }
        var schema = JSONSchema(["type": "object", "properties": .object(members)])
        if !required.isEmpty { schema.value["required"] = .array(required.map { .string($0) }) }
        return schema
    }

    /// The same, or null.
    var orNull: JSONSchema { JSONSchema(["anyOf": [value, ["type": "null"]]]) }

    /// What it asks for, as an error says it.
    var words: String {
        if case .array(let values)? = value["enum"] {
            return "one of " + values.compactMap { if case .string(let text) = $0 { text } else { nil } }
                .joined(separator: ", ")
        }
        guard case .string(let type)? = value["type"] else { return "another value" }
        if case .string(let format)? = value["format"] { return "a \(format)" }
        if case .number(let low)? = value["minimum"], case .number(let high)? = value["maximum"] {
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
