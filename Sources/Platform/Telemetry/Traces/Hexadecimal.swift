/// Numbers as hexadecimal digits, lower case only, as W3C Trace Context writes its ids.
enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Reads all of `text`, at most 32 digits; nil for any other byte.
    static func parse(_ text: Span<UInt8>) -> UInt128? {
        guard (1...32).contains(text.count) else { return nil }
        var value: UInt128 = 0
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt128(text[index] - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt128(text[index] - 87)
            default: return nil
            }
        }
        return value
    }

    /// Adds the value's digits, with leading zeros.
    static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        var shift = value.bitWidth
        while shift > 0 {
            shift -= 4
            bytes.append(digits[Int(truncatingIfNeeded: (value >> shift) & 0xf)])
        }
    }

    /// The value's digits as text, with leading zeros.
    static func text(_ value: some FixedWidthInteger) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(value.bitWidth / 4)
        append(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
