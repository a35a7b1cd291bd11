/// A query's parameters by the keys of the type that is read.
struct QueryFields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: QueryDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { decoder.has(key.stringValue) }
    func decodeNil(forKey key: Key) -> Bool { !decoder.has(key.stringValue) }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder.decode(type, named: key.stringValue)
    }

    func nestedContainer<Inner>(
        keyedBy type: Inner.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Inner> {
        throw QueryDecoder.NotFlat()
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw QueryDecoder.NotFlat()
    }
    func superDecoder() throws -> any Decoder { throw QueryDecoder.NotFlat() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw QueryDecoder.NotFlat() }
}
