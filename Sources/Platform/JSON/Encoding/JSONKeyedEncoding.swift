/// An object's fields.
struct JSONKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoding: JSONEncoding
    let ticket: Int

    var codingPath: [any CodingKey] { encoding.codingPath }

    func encodeNil(forKey key: Key) throws {
        try encoding.write(at: encoding.beginMember(key, of: ticket)) { (writer) in writer.null() }
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try encoding.encode(value, at: encoding.beginMember(key, of: ticket))
    }

    // The commonest types again, so that the compiler makes code of their own for them.
    func encode(_ value: Bool, forKey key: Key) throws {
        try encoding.encode(value, at: encoding.beginMember(key, of: ticket))
    }
    func encode(_ value: String, forKey key: Key) throws {
        try encoding.encode(value, at: encoding.beginMember(key, of: ticket))
    }
    func encode(_ value: Int, forKey key: Key) throws {
        try encoding.encode(value, at: encoding.beginMember(key, of: ticket))
    }
    func encode(_ value: Double, forKey key: Key) throws {
        try encoding.encode(value, at: encoding.beginMember(key, of: ticket))
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        encoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder(key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { encoder(JSONIndexKey(stringValue: "super")) }

    func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }

    /// The encoder of a member; the encoding fails at its end when this object was closed.
    private func encoder(_ key: some CodingKey) -> JSONTreeEncoder {
        encoding.encoder { () throws(JSONError) in try encoding.beginMember(key, of: ticket) }
    }
}
