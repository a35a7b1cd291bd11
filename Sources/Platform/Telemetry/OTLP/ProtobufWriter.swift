/// Writes the protocol buffers wire format (protobuf.dev, "Encoding"): what OTLP needs of it.
struct ProtobufWriter {
    var bytes: [UInt8] = []

    /// Adds fields that are written already.
    mutating func raw(_ fields: [UInt8]) { bytes.append(contentsOf: fields) }

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
    mutating func fixed64(_ field: Int, _ value: UInt64) { number(field, 1, value.littleEndian) }

    /// Adds four bytes, least significant first.
    mutating func fixed32(_ field: Int, _ value: UInt32) { number(field, 5, value.littleEndian) }

    /// Adds text.
    mutating func string(_ field: Int, _ text: String) { content(field, text.utf8.span) }

    /// Adds bytes; none are left out.
    mutating func bytes(_ field: Int, _ value: [UInt8]) {
        if !value.isEmpty { content(field, value.span) }
    }

    /// Adds an id as bytes, most significant first.
    mutating func identifier(_ field: Int, _ value: some FixedWidthInteger) {
        tag(field, 2)
        bytes.append(addingCapacity: 1 + MemoryLayout.size(ofValue: value)) { out in
            out.append(UInt8(MemoryLayout.size(ofValue: value)))
            Self.append(value.bigEndian, to: &out)
        }
    }

    /// Adds a message that `body` writes.
    mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
        let message = begin(field)
        body(&self)
        end(message)
    }

    /// A message whose content is being written.
    struct Message {
        fileprivate let start: Int
        fileprivate let lengthBytes: Int
    }

    /// Begins a message; its length is put in front when it ends. Where that takes `lengthBytes` bytes, as expected,
    /// nothing has to be moved for it.
    mutating func begin(_ field: Int, lengthBytes: Int = 1) -> Message {
        tag(field, 2)
        let start = bytes.count
        for _ in 0..<lengthBytes { bytes.append(0) }
        return Message(start: start, lengthBytes: lengthBytes)
    }

    /// Ends a message, the last one that was begun and has not ended.
    mutating func end(_ message: Message) {
        let (start, lengthBytes) = (message.start, message.lengthBytes)
        var length = UInt64(bytes.count - start - lengthBytes)
        let size = Self.varintByteCount(length)
        if size > lengthBytes {
            bytes.insert(contentsOf: repeatElement(0, count: size - lengthBytes), at: start)
        } else if size < lengthBytes {
            bytes.removeSubrange(start..<(start + lengthBytes - size))
        }
        for index in 0..<(size - 1) {
            bytes[start + index] = UInt8(length & 0x7f) | 0x80
            length >>= 7
        }
        bytes[start + size - 1] = UInt8(length)
    }

    /// How many bytes a number takes.
    static func varintByteCount(_ value: UInt64) -> Int { (63 - (value | 1).leadingZeroBitCount) / 7 + 1 }

    private mutating func content(_ field: Int, _ content: Span<UInt8>) {
        bytes.append(addingCapacity: 20 + content.count) { Self.append(field, content, to: &$0) }
    }

    private mutating func number(_ field: Int, _ wireType: Int, _ value: some FixedWidthInteger) {
        bytes.append(addingCapacity: 10 + MemoryLayout.size(ofValue: value)) { out in
            Self.append(varint: UInt64(field << 3 | wireType), to: &out)
            Self.append(value, to: &out)
        }
    }

    private mutating func tag(_ field: Int, _ wireType: Int) { varint(UInt64(field << 3 | wireType)) }

    private mutating func varint(_ value: UInt64) {
        bytes.append(addingCapacity: 10) { Self.append(varint: value, to: &$0) }
    }

    /// Adds bytes: needs room for 20 more than they are.
    static func append(_ field: Int, _ content: Span<UInt8>, to out: inout OutputSpan<UInt8>) {
        append(varint: UInt64(field << 3 | 2), to: &out)
        append(varint: UInt64(content.count), to: &out)
        out.append(content, 0..<content.count)
    }

    static func append(varint value: UInt64, to out: inout OutputSpan<UInt8>) {
        var rest = value
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Adds a number's bytes as they lie in memory.
    static func append<Number: FixedWidthInteger>(_ value: Number, to out: inout OutputSpan<UInt8>) {
        unsafe out.append(count: MemoryLayout<Number>.size) { start in
            // So many bytes were asked for.
            unsafe start.storeBytes(of: value, as: Number.self)
        }
    }
}
