/// Writes the protocol buffers wire format (protobuf.dev, "Encoding"): what OTLP needs of it.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// Adds a whole number; 0, the default of proto3, is left out.
    mutating func integer(_ field: Int, _ value: Int) {
        guard value != 0 else { return }
        tag(field, 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    /// Adds a member of a `oneof`, which is there also when it is 0.
    mutating func choice(_ field: Int, integer value: Int) {
        tag(field, 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    /// Adds a `double` of a `oneof`.
    mutating func choice(_ field: Int, double value: Double) { fixed64(field, value.bitPattern) }

    /// Adds eight bytes, least significant first.
    mutating func fixed64(_ field: Int, _ value: UInt64) {
        tag(field, 1)
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    /// Adds four bytes, least significant first.
    mutating func fixed32(_ field: Int, _ value: UInt32) {
        tag(field, 5)
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
        }
    }

    /// Adds text.
    mutating func string(_ field: Int, _ text: String) {
        tag(field, 2)
        varint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Adds bytes; none are left out.
    mutating func bytes(_ field: Int, _ value: [UInt8]) {
        guard !value.isEmpty else { return }
        tag(field, 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Adds an id as bytes, most significant first.
    mutating func identifier(_ field: Int, _ value: some FixedWidthInteger) {
        tag(field, 2)
        bytes.append(UInt8(value.bitWidth / 8))
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Adds a message that `body` writes; its length is put in front when it is known.
    mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
        tag(field, 2)
        let start = bytes.count
        bytes.append(0)
        body(&self)
        var length = UInt64(bytes.count - start - 1)
        let extra = (63 - (length | 1).leadingZeroBitCount) / 7
        if extra > 0 { bytes.insert(contentsOf: repeatElement(0, count: extra), at: start) }
        for index in 0..<extra {
            bytes[start + index] = UInt8(length & 0x7f) | 0x80
            length >>= 7
        }
        bytes[start + extra] = UInt8(length)
    }

    private mutating func tag(_ field: Int, _ wireType: Int) { varint(UInt64(field << 3 | wireType)) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
