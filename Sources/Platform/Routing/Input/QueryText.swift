/// One parameter's text, for `init(from:)` of a scalar type.
struct QueryText: Decoder, SingleValueDecodingContainer {
    /// The text is no such value.
    struct Mismatch: Error {}

    let text: String
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// Reads a value: a ``PathParameter`` by its text, any other type by its `init(from:)`.
    static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        guard let scalar = type as? any PathParameter.Type else {
            return try Value(from: QueryText(text: text))
        }
        guard let value = scalar.init(parameter: text) as? Value else { throw Mismatch() }
        return value
    }

    func decodeNil() -> Bool { false }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Self.decode(type, text) }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Mismatch() }
    func container<Key>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> { throw Mismatch() }
}
