/// The values of strings that ``JSONScan`` has accepted.
enum JSONString {
    /// The value as text.
    static func text(_ bytes: Span<UInt8>, hasEscapes: Bool) -> String {
        if hasEscapes { return String(decoding: unescaped(bytes), as: UTF8.self) }
        // The pointer is used within the closure only.
        return unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The value's UTF-8 bytes, never more than the bytes with escapes.
    static func unescaped(_ bytes: Span<UInt8>) -> [UInt8] {
        var value: [UInt8] = []
        value.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index = appendEscape(bytes, at: index, to: &value)
            } else {
                value.append(bytes[index])
                index += 1
            }
        }
        return value
    }

    /// Whether the values of two strings in `bytes` are the same, unit by unit (RFC 8259 §8.3).
    static func areEqual(_ one: JSONLexeme, _ other: JSONLexeme, in bytes: Span<UInt8>) -> Bool {
        let (left, right) = (bytes.extracting(one.range), bytes.extracting(other.range))
        guard one.hasEscapes || other.hasEscapes else { return areEqual(left, right) }
        let unescapedLeft = unescaped(left)
        let unescapedRight = unescaped(right)
        return unescapedLeft == unescapedRight
    }

    /// Whether two runs of bytes are the same.
    @inline(__always) static func areEqual(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        for index in one.indices where one[index] != other[index] { return false }
        return true
    }

    /// The code unit of the `\uXXXX` at `start`; nil where there is none.
    static func codeUnit(_ bytes: Span<UInt8>, at start: Int) -> UInt32? {
        guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"),
            bytes[start + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt32 = 0
        for index in start + 2..<start + 6 {
            guard let digit = hexDigit(bytes[index]) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    /// Appends what the escape at `start` stands for, and returns where it ends.
    private static func appendEscape(_ bytes: Span<UInt8>, at start: Int, to value: inout [UInt8]) -> Int {
        guard let unit = codeUnit(bytes, at: start) else {
            value.append(short(bytes[start + 1]))
            return start + 2
        }
        guard unit & 0xF800 == 0xD800, let low = codeUnit(bytes, at: start + 6) else {
            append(unit, to: &value)
            return start + 6
        }
        append(0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF), to: &value)
        return start + 12
    }

    /// What a letter behind a backslash stands for; quote, backslash and slash for themselves.
    private static func short(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }

    private static func append(_ scalar: UInt32, to value: inout [UInt8]) {
        // The scanner refused lone surrogates, so that every number is a scalar.
        let scalar = Unicode.Scalar(scalar) ?? "\u{FFFD}"
        value.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - 48)
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - 87)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - 55)
        default: nil
        }
    }
}
