/// Appends numbers and texts in the form of the log: numbers in groups of seven bits, the lowest first, and texts behind
/// their length.
struct ByteWriter: Sendable {
    var bytes: [UInt8] = []

    mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func number(_ value: Int64) { number(UInt64(bitPattern: value)) }
    mutating func number(_ value: Int) { number(UInt64(bitPattern: Int64(value))) }
    mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

    mutating func text(_ value: String) {
        number(value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }

    mutating func data(_ value: [UInt8]) {
        number(value.count)
        bytes.append(contentsOf: value)
    }

    mutating func list<Element>(_ values: [Element], _ body: (inout ByteWriter, Element) -> Void) {
        number(values.count)
        for value in values { body(&self, value) }
    }

    mutating func texts(_ values: [String]) { list(values) { $0.text($1) } }

    mutating func optional<Value>(_ value: Value?, _ body: (inout ByteWriter, Value) -> Void) {
        flag(value != nil)
        if let value { body(&self, value) }
    }

    mutating func map(_ map: StringMap) {
        list(map.pairs) {
            $0.text($1.key)
            $0.text($1.value)
        }
    }
}
