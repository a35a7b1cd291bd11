/// An array's elements, one after the other.
struct JSONUnkeyedDecoding: UnkeyedDecodingContainer {
    private let place: JSONPlace
    private var node: Int
    private(set) var currentIndex = 0

    init(_ place: JSONPlace) throws(JSONError) {
        guard place.kind == .array else { throw place.problem(.wrongType, expected: "an array") }
        self.place = place
        node = place.node + 1
    }

    var codingPath: [any CodingKey] { place.codingPath }
    var count: Int? { place.document.elements(of: place.node).count }
    var isAtEnd: Bool { node >= place.document.nodes[place.node].end }

    mutating func decodeNil() throws -> Bool {
        let element = try element()
        guard element.kind == .null else { return false }
        advance()
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next(type) }

    // The commonest types again, so that the compiler makes code of their own for them.
    mutating func decode(_ type: Bool.Type) throws -> Bool { try next(type) }
    mutating func decode(_ type: String.Type) throws -> String { try next(type) }
    mutating func decode(_ type: Int.Type) throws -> Int { try next(type) }
    mutating func decode(_ type: Double.Type) throws -> Double { try next(type) }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        let container = try JSONKeyedDecoding<NestedKey>(element())
        advance()
        return KeyedDecodingContainer(container)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try JSONUnkeyedDecoding(element())
        advance()
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = JSONTreeDecoder(place: try element())
        advance()
        return decoder
    }

    @inline(__always) private mutating func next<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let element = try element()
        let value: Value
        do {
            value = try element.decode(type)
        } catch {
            value = try element.replacement(type, for: error)
        }
        advance()
        return value
    }

    private func element() throws(JSONError) -> JSONPlace {
        guard !isAtEnd else {
            throw place.problem(.endOfArray, expected: "more than \(currentIndex) elements")
        }
        return place.child(node)
    }

    private mutating func advance() {
        node = place.document.after(node)
        currentIndex += 1
    }
}
