import JSON

/// Writes JSON as this module's formats need it: compact, names in the order of their bytes.
enum ClaimWriter {
    /// The text of an object, as bytes.
    static func encode(_ object: [String: ClaimValue]) -> [UInt8] {
        var text: [UInt8] = []
        text.appendJSON { write(.object(object), to: &$0) }
        return text
    }

    private static func write(_ value: ClaimValue, to json: inout JSONWriter) {
        switch value {
        case .null: json.null()
        case .bool(let value): json.bool(value)
        case .integer(let value): json.integer(value)
        case .number(let value): json.number(value)
        case .string(let value): json.string(value)
        case .array(let values):
            json.beginArray()
            for value in values { write(value, to: &json) }
            json.endArray()
        case .object(let members):
            json.beginObject()
            for (name, value) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                json.key(name)
                write(value, to: &json)
            }
            json.endObject()
        }
    }
}
