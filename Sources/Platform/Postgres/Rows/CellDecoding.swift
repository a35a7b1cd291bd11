import FoundationEssentials

/// One column as the standard library's `Decoder`: for enums with raw values and other types of one value, and for what
/// stands in a `json` column.
struct CellDecoding: Decoder, SingleValueDecodingContainer {
    let cell: PostgresCell
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if cell.isJSON, !cell.isNull, type != String.self {
            return try JSONDecoder().decode(type, from: Data(try cell.text().utf8))
        }
        if let scalar = Value.self as? any PostgresValue.Type {
            guard let value = try scalar.init(reading: cell) as? Value else { throw cell.mismatch("\(type)") }
            return value
        }
        if type == Data.self, let value = Data(try [UInt8](reading: cell)) as? Value { return value }
        return try Value(from: self)
    }

    func decodeNil() -> Bool { cell.isNull }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw cell.mismatch("object; only a json column does")
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw cell.mismatch("list of such elements; only a json column does")
    }

    func decode(_ type: Bool.Type) throws -> Bool { try Bool(reading: cell) }
    func decode(_ type: String.Type) throws -> String { try String(reading: cell) }
    func decode(_ type: Double.Type) throws -> Double { try Double(reading: cell) }
    func decode(_ type: Float.Type) throws -> Float { try Float(reading: cell) }
    func decode(_ type: Int.Type) throws -> Int { try integer() }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
    func decode(_ type: UInt.Type) throws -> UInt { try integer() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }

    private func integer<Integer: FixedWidthInteger>() throws(PostgresError) -> Integer {
        guard let value: Integer = try cell.integer() else { throw cell.mismatch("\(Integer.self)") }
        return value
    }
}
