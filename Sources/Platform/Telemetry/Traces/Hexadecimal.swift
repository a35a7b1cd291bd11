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

    /// Adds the 16 digits of a number.
    static func append(_ value: UInt64, to out: inout OutputSpan<UInt8>) {
        unsafe out.append(count: 16) { unsafe write(value, to: $0) }
    }

    /// Adds the 32 digits of a number.
    static func append(_ value: UInt128, to out: inout OutputSpan<UInt8>) {
        unsafe out.append(count: 32) { start in
            unsafe write(UInt64(truncatingIfNeeded: value >> 64), to: start)
            unsafe write(UInt64(truncatingIfNeeded: value), to: start + 16)
        }
    }

    /// Adds the 36 bytes of a UUID: groups of 8, 4, 4, 4 and 12 digits (RFC 9562 §4).
    static func append(uuid value: UInt128, to out: inout OutputSpan<UInt8>) {
        let (first, second) = (digits(value >> 96), digits(value >> 64))
        let (third, fourth) = (digits(value >> 32), digits(value))
        // All 36 bytes are set, in order; the second and third word are cut in two by dashes.
        unsafe out.append(count: 36) { start in
            unsafe start.storeBytes(of: first.bigEndian, as: UInt64.self)
            unsafe write(pair: second, to: start + 8)
            unsafe write(pair: third, to: start + 18)
            unsafe start.storeBytes(of: fourth.bigEndian, toByteOffset: 28, as: UInt64.self)
        }
    }

    private static func digits(_ value: UInt128) -> UInt64 { digits(of: UInt32(truncatingIfNeeded: value)) }

    /// Writes eight digits to ten bytes: twice a dash and four of them.
    @inline(__always) private static func write(pair: UInt64, to start: UnsafeMutableRawPointer) {
        let dash = UInt8(ascii: "-")
        let (high, low) = (UInt32(truncatingIfNeeded: pair >> 32), UInt32(truncatingIfNeeded: pair))
        unsafe start.storeBytes(of: dash, as: UInt8.self)
        unsafe start.storeBytes(of: high.bigEndian, toByteOffset: 1, as: UInt32.self)
        unsafe start.storeBytes(of: dash, toByteOffset: 5, as: UInt8.self)
        unsafe start.storeBytes(of: low.bigEndian, toByteOffset: 6, as: UInt32.self)
    }

    /// Writes 16 digits to as many bytes.
    @inline(__always) private static func write(_ value: UInt64, to start: UnsafeMutableRawPointer) {
        let (high, low) = (UInt32(truncatingIfNeeded: value >> 32), UInt32(truncatingIfNeeded: value))
        unsafe start.storeBytes(of: digits(of: high).bigEndian, as: UInt64.self)
        unsafe start.storeBytes(of: digits(of: low).bigEndian, toByteOffset: 8, as: UInt64.self)
    }

    /// The eight digits of a number, the first one in the highest byte: all eight are made at once, each from the four
    /// bits that were brought into its byte. Six more take those from ten on over 15, which adds what lies between `9` and
    /// `a` (39).
    @inline(__always) static func digits(of value: UInt32) -> UInt64 {
        var spread = UInt64(value)
        spread = (spread << 16 | spread) & 0x0000_ffff_0000_ffff
        spread = (spread << 8 | spread) & 0x00ff_00ff_00ff_00ff
        spread = (spread << 4 | spread) & 0x0f0f_0f0f_0f0f_0f0f
        let letters = ((spread &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return spread &+ 0x3030_3030_3030_3030 &+ letters &* 39
    }

    /// The 16 digits of a number as text.
    static func text(_ value: UInt64) -> String { text { append(value, to: &$0) } }

    /// The 32 digits of a number as text.
    static func text(_ value: UInt128) -> String { text { append(value, to: &$0) } }

    private static func text(_ write: (inout OutputSpan<UInt8>) -> Void) -> String {
        String(decoding: Array(capacity: 32, initializingWith: write), as: UTF8.self)
    }
}
