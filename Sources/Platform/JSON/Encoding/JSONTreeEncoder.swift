/// The encoder of one value, and its single-value container.
struct JSONTreeEncoder: Encoder, SingleValueEncodingContainer {
    let encoding: JSONEncoding
    /// The place that awaits the value.
    let ticket: Int

    var codingPath: [any CodingKey] { encoding.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        encoding.open(ticket, isObject: true)
        return KeyedEncodingContainer(JSONKeyedEncoding<Key>(encoding: encoding, ticket: ticket))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        encoding.open(ticket, isObject: false)
        return JSONUnkeyedEncoding(encoding: encoding, ticket: ticket)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() throws { try encoding.write(at: ticket) { (writer) in writer.null() } }

    func encode<Value: Encodable>(_ value: Value) throws { try encoding.encode(value, at: ticket) }
}
