import TestSupport
import Testing

@testable import Gateway

@Suite("following server-sent events") struct EventScannerTests {
    /// The offsets behind events, for a text that comes in these pieces.
    private static func ends(_ pieces: [[UInt8]]) -> ([Int], EventScanner) {
        var scanner = EventScanner()
        var ends: [Int] = []
        var offset = 0
        for piece in pieces {
            var position = 0
            while position < piece.count {
                if scanner.next(piece.span, from: &position) { ends.append(offset + position) }
            }
            offset += piece.count
        }
        return (ends, scanner)
    }

    static let texts: [(text: String, ends: [Int], isAtBoundary: Bool)] = [
        ("", [], true), ("data: a\n\n", [9], true), ("data: a\r\n\r\n", [10], true),
        ("data: a\r\r", [9], true), (": hello\n", [], false), ("data: a\n", [], false), ("data", [], false),
        ("id: 1\ndata: a\n\ndata: b\n\n", [15, 24], true), ("\n", [1], true), ("a\r\nb\r\n", [], false),
        ("a\n\r\n", [3], true), ("a\r\n\nb", [4], false), ("a\n\n\n\n", [3, 4, 5], true),
    ]

    @Test("finds their ends at every split", arguments: texts)
    func splits(_ text: String, _ ends: [Int], _ isAtBoundary: Bool) {
        let bytes = Array(text.utf8)
        for split in 0...bytes.count {
            let (found, scanner) = Self.ends([Array(bytes[..<split]), Array(bytes[split...])])
            #expect(found == ends)
            #expect(scanner.isAtBoundary == isAtBoundary)
        }
    }

    @Test("pieces make no difference", arguments: 1...30)
    func random(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let bytes = random.bytes(upTo: 300, of: "ab:\r\n\r\n")
        var pieces: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + 1 + random.below(4))
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        let (cut, cutScanner) = Self.ends(pieces)
        let (whole, wholeScanner) = Self.ends([bytes])
        #expect(cut == whole, "seed \(seed)")
        #expect(cutScanner == wholeScanner, "seed \(seed)")
    }
}
