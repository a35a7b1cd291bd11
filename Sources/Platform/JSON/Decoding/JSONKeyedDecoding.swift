/// An object's fields.
struct JSONKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let place: JSONPlace

    init(_ place: JSONPlace) throws(JSONError) {
        guard place.kind == .object else { throw place.problem(.wrongType, expected: "an object") }
        self.place = place
    }

    var codingPath: [any CodingKey] { place.codingPath }

    var allKeys: [Key] { place.document.keys(of: place.node).compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { node(key) != nil }

    func decodeNil(forKey key: Key) throws -> Bool {
        guard let node = node(key) else { throw place.missing(key, expected: "") }
        return place.document.kind(node) == .null
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try value(type, key)
    }

    // The commonest types again, so that the compiler makes code of their own for them.
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(type, key) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try value(type, key) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(type, key) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try value(type, key) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        KeyedDecodingContainer(try JSONKeyedDecoding<NestedKey>(child(key, expected: "an object")))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try JSONUnkeyedDecoding(child(key, expected: "an array"))
    }

    func superDecoder() throws -> any Decoder {
        JSONTreeDecoder(place: try child(JSONIndexKey(stringValue: "super"), expected: ""))
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        JSONTreeDecoder(place: try child(key, expected: ""))
    }

    @inline(__always) private func value<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value {
        do {
            guard let node = node(key) else {
                throw place.missing(key, expected: JSONExpectation.words(for: type))
            }
            return try place.child(node).decode(type)
        } catch {
            return try place.replacement(type, for: error)
        }
    }

    @inline(__always) private func node(_ key: some CodingKey) -> Int? {
        place.document.member(key.stringValue, of: place.node, depth: place.depth)
    }

    private func child(_ key: some CodingKey, expected: String) throws(JSONError) -> JSONPlace {
        guard let node = node(key) else { throw place.missing(key, expected: expected) }
        return place.child(node)
    }
}
