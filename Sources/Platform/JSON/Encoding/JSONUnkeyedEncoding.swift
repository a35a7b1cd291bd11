/// An array's elements, one after the other.
struct JSONUnkeyedEncoding: UnkeyedEncodingContainer {
    let encoding: JSONEncoding
    let ticket: Int

    var codingPath: [any CodingKey] { encoding.codingPath }
    var count: Int { encoding.count(of: ticket) }

    func encodeNil() throws {
        try encoding.write(at: encoding.beginElement(of: ticket)) { (writer) in writer.null() }
    }

    func encode<Value: Encodable>(_ value: Value) throws {
        try encoding.encode(value, at: encoding.beginElement(of: ticket))
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        encoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }

    func superEncoder() -> any Encoder { encoder() }

    /// The encoder of an element; the encoding fails at its end when this array was closed.
    private func encoder() -> JSONTreeEncoder {
        encoding.encoder { () throws(JSONError) in try encoding.beginElement(of: ticket) }
    }
}
