import TestSupport
import Testing

@testable import JSON

@Suite("only UTF-8 is read (RFC 3629)") struct UTF8Tests {
    static let malformed: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xC2, 0xC2],
        [0xE0, 0x80, 0x80],
        [0xE0, 0x9F, 0xBF], [0xE1, 0x80], [0xE1, 0x80, 0x41], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
        [0xEF, 0xBF],
        [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ]

    @Test("malformed bytes at each place of a string or key", arguments: malformed)
    func refuses(bytes: [UInt8]) {
        let plain = Array("abcdefghijklmnopq".utf8)
        for place in 0...plain.count {
            let string = [0x22] + plain[..<place] + bytes + plain[place...] + [0x22]
            let asValue = Verdict.error(string)
            #expect(asValue?.reason == .invalidUTF8, "at \(place)")
            #expect(asValue?.offset == place + 1)
            #expect(Verdict.error([0x7B] + string + Array(":1}".utf8))?.reason == .invalidUTF8)
            #expect(Verdict.error(Array(string[..<(place + 1)]) + bytes)?.reason != nil)
        }
    }

    @Test("every scalar, raw and escaped, is read as itself, and written")
    func scalars() throws {
        var random = SplitMix(seed: 3629)
        var values: [UInt32] = [
            0, 0x1F, 0x20, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF,
        ]
        for _ in 0..<5_000 { values.append(UInt32(random.below(0x110000))) }
        for scalar in values.compactMap(Unicode.Scalar.init) {
            let text = "x\(scalar)y"
            #expect(try Verdict.value(JSONText.encode(text)) == .string(text))
            let escaped = text.utf16.map { unit in
                "\\u" + String(repeating: "0", count: 4 - String(unit, radix: 16).count)
                    + String(unit, radix: 16)
            }
            #expect(try Verdict.value("\"\(escaped.joined())\"") == .string(text))
        }
    }

    @Test("bytes 0x80 and above stand only in strings", arguments: 0x80...0xFF as ClosedRange<UInt8>)
    func outside(byte: UInt8) {
        for text in [[byte], [0x5B, byte, 0x5D], [0x31, byte], [0x7B, byte, 0x7D]] {
            #expect(Verdict.error(text) != nil)
        }
    }
}
