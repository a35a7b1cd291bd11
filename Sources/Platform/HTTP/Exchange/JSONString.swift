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
    ///
    /// Eight bytes at a time: in each, a byte below 0x20 borrows its high bit, and so does one that was made zero.
    private static func endOfPlain(_ text: Span<UInt8>) -> Int {
        let raw = unsafe text.bytes
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = 0
        while index + 8 <= text.count {
            // In bounds by the loop's condition; any 8 bytes are a valid UInt64.
            let word = unsafe UInt64(
                littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            )
            let (quotes, slashes) = (word ^ ones &* 0x22, word ^ ones &* 0x5C)
            var hits = (word &- ones &* 0x20) & ~word
            hits |= (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes
            hits &= ones &* 0x80
            guard hits == 0 else { return index + hits.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < text.count, !isEscaped(text[index]) { index += 1 }
        return index
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
