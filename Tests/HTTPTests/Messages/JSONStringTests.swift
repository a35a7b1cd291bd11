import TestSupport
import Testing

@testable import HTTP

@Suite("JSON strings") struct JSONStringTests {
    /// One byte at a time.
    private func escaped(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case 0x22, 0x5C: [0x5C, byte]
        case ..<0x10: Array("\\u000\(String(byte, radix: 16))".utf8)
        case ..<0x20: Array("\\u00\(String(byte, radix: 16))".utf8)
        default: [byte]
        }
    }

    @Test("eight at a time are escaped as one at a time are", arguments: 1...4 as ClosedRange<UInt64>)
    func escapes(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let rare: [UInt8] = [0x00, 0x09, 0x0A, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7E, 0x7F]
        for _ in 0..<2_000 {
            let bytes = (0..<random.below(40)).map { _ in
                random.below(9) == 0 ? rare[random.below(rare.count)] : UInt8(0x20 + random.below(0x5F))
            }
            let quoted = JSONString.quoted(String(decoding: bytes, as: UTF8.self))
            #expect(Array(quoted.utf8) == [0x22] + bytes.flatMap(escaped) + [0x22], "seed \(seed): \(bytes)")
        }
    }

    @Test("what is no ASCII stays as it is")
    func unicode() { #expect(JSONString.quoted("Ünï\"cödé – 日本語 🙂") == #""Ünï\"cödé – 日本語 🙂""#) }
}
