/// Strings in JSON texts that are written by hand.
enum JSONString {
    /// A JSON string (RFC 8259 §7).
    static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        append("", text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Adds what stands before a string, as it is, and the string.
    static func append(_ key: StaticString, _ text: String, to bytes: inout [UInt8]) {
        let span = text.utf8.span
        let plain = endOfPlain(span)
        bytes.append(addingCapacity: key.utf8CodeUnitCount + plain + 2) { out in
            out.append(key)
            out.append(UInt8(ascii: "\""))
            out.append(span, 0..<plain)
            // As nearly all are: nothing in it is to be escaped.
            if plain == span.count { out.append(UInt8(ascii: "\"")) }
        }
        guard plain < span.count else { return }
        for index in plain..<span.count { append(span[index], to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Where the bytes end that need no escape.
    private static func endOfPlain(_ text: Span<UInt8>) -> Int {
        for index in text.indices where isEscaped(text[index]) { return index }
        return text.count
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        guard isEscaped(byte) else { return bytes.append(byte) }
        bytes.append(UInt8(ascii: "\\"))
        guard byte < 0x20 else { return bytes.append(byte) }
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: "u00".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
    }
}
