import TestSupport
import Testing

@testable import HTTP

@Suite("bytes that have arrived") struct InputBufferTests {
    private func append(_ bytes: [UInt8], to buffer: inout InputBuffer) {
        // The buffer copies what it is lent.
        unsafe bytes.withUnsafeBytes { unsafe buffer.append($0) }
    }

    @Test("what is used is gone, what is not stays, in order", arguments: 1...4 as ClosedRange<UInt64>)
    func keepsOrder(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var buffer = InputBuffer()
        var expected: [UInt8] = []
        for _ in 0..<500 {
            switch random.below(3) {
            case 0:
                let piece = (0..<random.below(20)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                append(piece, to: &buffer)
                expected += piece
            case 1:
                let count = random.below(expected.count + 1)
                buffer.consume(count)
                expected.removeFirst(count)
            default:
                let count = random.below(expected.count + 1)
                #expect(buffer.take(count) == Array(expected[..<count]), "seed \(seed)")
                expected.removeFirst(count)
            }
            #expect(Array(buffer.bytes[buffer.start...]) == expected, "seed \(seed)")
            #expect(buffer.count == expected.count, "seed \(seed)")
            #expect(buffer.isEmpty == expected.isEmpty, "seed \(seed)")
        }
    }

    @Test("an empty one holds no memory")
    func givesBack() {
        var buffer = InputBuffer()
        append(Array(repeating: 1, count: 10_000), to: &buffer)
        buffer.consume(9_999)
        #expect(buffer.count == 1)
        buffer.consume(1)
        #expect(buffer.bytes.capacity == 0)
        buffer.replace(with: [1, 2])
        #expect(buffer.take(2) == [1, 2])
        #expect(buffer.bytes.capacity == 0)
        #expect(buffer.start == 0)
    }
}
