/// The decoder of one value, and its single-value container.
struct JSONTreeDecoder: Decoder, SingleValueDecodingContainer {
    let place: JSONPlace

    var codingPath: [any CodingKey] { place.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(try JSONKeyedDecoding<Key>(place))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try JSONUnkeyedDecoding(place) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { place.kind == .null }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try place.decode(type) }

    // The commonest types again, so that the compiler makes code of their own for them.
    func decode(_ type: Bool.Type) throws -> Bool { try place.decode(type) }
    func decode(_ type: String.Type) throws -> String { try place.decode(type) }
    func decode(_ type: Int.Type) throws -> Int { try place.decode(type) }
    func decode(_ type: Double.Type) throws -> Double { try place.decode(type) }
}

extension JSONPlace {
    /// The steps to this value, searched for when asked.
    var codingPath: [any CodingKey] { path.components.map { JSONIndexKey($0) } }
}
