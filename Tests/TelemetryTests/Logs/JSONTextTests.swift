import TestSupport
import Testing

@testable import Telemetry

@Suite("JSON text") struct JSONTextTests {
    /// One byte at a time.
    private func escaped(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case 0x22, 0x5c: [0x5c, byte]
        case 0x0a: Array("\\n".utf8)
        case 0x0d: Array("\\r".utf8)
        case 0x09: Array("\\t".utf8)
        case ..<0x10: Array("\\u000\(String(byte, radix: 16))".utf8)
        case ..<0x20, 0x7f: Array("\\u00\(String(byte, radix: 16))".utf8)
        default: [byte]
        }
    }

    @Test("eight at a time are escaped as one at a time are", arguments: 1...4 as ClosedRange<UInt64>)
    func escapes(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let rare: [UInt8] = [
            0x00, 0x09, 0x0a, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x5b, 0x5c, 0x5d, 0x7e, 0x7f, 0x80, 0xff,
        ]
        for _ in 0..<2_000 {
            let bytes = (0..<random.below(40)).map { _ in
                random.below(6) == 0 ? rare[random.below(rare.count)] : UInt8(0x20 + random.below(0x5f))
            }
            let start = random.below(bytes.count + 1)
            let end = start + random.below(bytes.count - start + 1)
            var text: [UInt8] = []
            JSONText.append(bytes.span, start..<end, to: &text)
            #expect(text == bytes[start..<end].flatMap(escaped), "seed \(seed): \(bytes) \(start)..<\(end)")
        }
    }
}
