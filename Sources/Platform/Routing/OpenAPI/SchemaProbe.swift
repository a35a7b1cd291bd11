/// Shown to a type's `init(from:)` in the place of a decoder: notes what is asked for and answers with samples.
final class SchemaProbe: Decoder {
    private let book: SchemaBook
    private var properties: [(String, JSONSchema)] = []
    private var optional: Set<String> = []
    private var isKeyed = false
    private var other: JSONSchema?
    private var isWhole = false

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(book: SchemaBook) { self.book = book }

    /// Lets a type read; nil when it refuses what it is offered.
    func walk(_ type: any Decodable.Type) -> Any? {
        let value: Any? = book.visiting(type) { try? type.init(from: self) }
        isWhole = value != nil
        return value
    }

    /// What was asked for.
    var schema: JSONSchema {
        guard isKeyed else { return other ?? .anything }
        let required = isWhole ? properties.map(\.0).filter { !optional.contains($0) } : []
        return .object(properties, required: required)
    }

    func container<Key>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        isKeyed = true
        return KeyedDecodingContainer(Fields(probe: self))
    }
    func unkeyedContainer() -> any UnkeyedDecodingContainer { Elements(probe: self) }
    func singleValueContainer() -> any SingleValueDecodingContainer { Single(probe: self) }

    private func note(_ key: String, _ schema: JSONSchema) {
        guard !properties.contains(where: { $0.0 == key }) else { return }
        properties.append((key, schema))
    }

    private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let probe: SchemaProbe
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { [] }

        // That a field may be absent is seen here: `decodeIfPresent` asks both before it reads.
        func contains(_ key: Key) -> Bool { true }
        func decodeNil(forKey key: Key) -> Bool {
            probe.optional.insert(key.stringValue)
            return false
        }
        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            probe.note(key.stringValue, probe.book.schema(of: type))
            return try probe.book.sample(of: type)
        }
        func nestedContainer<Inner>(
            keyedBy type: Inner.Type,
            forKey key: Key
        ) -> KeyedDecodingContainer<Inner> {
            probe.note(key.stringValue, .someObject)
            return SchemaProbe(book: probe.book).container(keyedBy: type)
        }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
            probe.note(key.stringValue, .array(of: .anything))
            return SchemaProbe(book: probe.book).unkeyedContainer()
        }
        func superDecoder() -> any Decoder { probe }
        func superDecoder(forKey key: Key) -> any Decoder {
            probe.note(key.stringValue, .anything)
            return SchemaProbe(book: probe.book)
        }
    }

    private struct Elements: UnkeyedDecodingContainer {
        let probe: SchemaProbe
        var currentIndex = 0
        var codingPath: [any CodingKey] { [] }
        var count: Int? { nil }
        /// One of each is shown.
        var isAtEnd: Bool { currentIndex > 0 }

        init(probe: SchemaProbe) { self.probe = probe }

        mutating func decodeNil() -> Bool { false }
        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            currentIndex += 1
            probe.other = .array(of: probe.book.schema(of: type))
            return try probe.book.sample(of: type)
        }
        mutating func nestedContainer<Inner>(keyedBy type: Inner.Type) -> KeyedDecodingContainer<Inner> {
            currentIndex += 1
            return SchemaProbe(book: probe.book).container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer {
            currentIndex += 1
            return SchemaProbe(book: probe.book).unkeyedContainer()
        }
        mutating func superDecoder() -> any Decoder { SchemaProbe(book: probe.book) }
    }

    private struct Single: SingleValueDecodingContainer {
        let probe: SchemaProbe
        var codingPath: [any CodingKey] { [] }

        func decodeNil() -> Bool { false }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            probe.other = probe.book.schema(of: type)
            return try probe.book.sample(of: type)
        }
    }
}
