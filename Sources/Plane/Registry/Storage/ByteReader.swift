/// Reads what ``ByteWriter`` has written, and trusts none of it.
struct ByteReader: Sendable {
    /// The bytes are not what a writer of this version writes.
    struct Malformed: Error, Equatable {
        /// Bytes before the place.
        let offset: Int
    }

    private let bytes: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard position < bytes.endIndex else { throw Malformed(offset: position) }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let byte = try byte()
            guard shift < 63 || byte <= 1 else { throw Malformed(offset: position - 1) }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Malformed(offset: position)
    }

    mutating func signed() throws(Malformed) -> Int64 { Int64(bitPattern: try number()) }
    mutating func int() throws(Malformed) -> Int { Int(try signed()) }

    mutating func flag() throws(Malformed) -> Bool {
        switch try byte() {
        case 0: false
        case 1: true
        default: throw Malformed(offset: position - 1)
        }
    }

    /// A count of things of at least one byte each: never more than bytes are left.
    private mutating func count() throws(Malformed) -> Int {
        let count = try number()
        guard count <= UInt64(bytes.endIndex - position) else { throw Malformed(offset: position) }
        return Int(count)
    }

    mutating func data() throws(Malformed) -> [UInt8] {
        let count = try count()
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func text() throws(Malformed) -> String {
        let count = try count()
        guard let text = String(validating: bytes[position..<position + count], as: UTF8.self) else {
            throw Malformed(offset: position)
        }
        position += count
        return text
    }

    mutating func list<Element>(
        _ body: (inout ByteReader) throws(Malformed) -> Element
    ) throws(Malformed) -> [Element] {
        var elements: [Element] = []
        for _ in 0..<(try count()) { elements.append(try body(&self)) }
        return elements
    }

    mutating func texts() throws(Malformed) -> [String] {
        try list { (reader) throws(Malformed) in try reader.text() }
    }

    mutating func optional<Value>(
        _ body: (inout ByteReader) throws(Malformed) -> Value
    ) throws(Malformed) -> Value? {
        try flag() ? try body(&self) : nil
    }

    mutating func map() throws(Malformed) -> StringMap {
        StringMap(try list { (reader) throws(Malformed) in (try reader.text(), try reader.text()) })
    }
}
