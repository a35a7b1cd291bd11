import TestSupport
import Testing

@testable import Gateway

@Suite("following WebSocket frames (RFC 6455 §5)") struct FrameScannerTests {
    /// What a scanner says of bytes that come in these pieces: the frames with the offset behind each.
    private static func scan(_ pieces: [[UInt8]]) -> (frames: [Seen], scanner: FrameScanner) {
        var scanner = FrameScanner()
        var frames: [Seen] = []
        var offset = 0
        for piece in pieces {
            var position = 0
            while position < piece.count {
                let before = position
                if let frame = scanner.next(piece.span, from: &position) {
                    frames.append(Seen(end: offset + position, opcode: frame.opcode, isFinal: frame.isFinal))
                    #expect(scanner.isAtBoundary)
                }
                guard position > before else { break }
            }
            #expect(position == piece.count)
            offset += piece.count
        }
        return (frames, scanner)
    }

    struct Seen: Equatable {
        let end: Int
        let opcode: UInt8
        let isFinal: Bool
    }

    private static func seen(_ frames: [TestFrame]) -> [Seen] {
        var end = 0
        return frames.map { frame in
            end += frame.bytes.count
            return Seen(end: end, opcode: frame.opcode, isFinal: frame.isFinal)
        }
    }

    /// The examples of §5.7, and all forms of length.
    static let examples: [[TestFrame]] = [
        [.text(Array("Hello".utf8))],
        [.text(Array("Hello".utf8), mask: [0x37, 0xfa, 0x21, 0x3d])],
        [
            TestFrame(opcode: 1, isFinal: false, payload: Array("Hel".utf8)),
            TestFrame(opcode: 9, payload: Array("Hello".utf8)),
            TestFrame(opcode: 0, payload: Array("lo".utf8)),
        ],
        [TestFrame(opcode: 2, payload: .init(repeating: 7, count: 256))],
        [TestFrame(opcode: 2, payload: .init(repeating: 7, count: 126), mask: [1, 2, 3, 4])],
        [TestFrame(opcode: 2, payload: [1, 2, 3], lengthBytes: 2), TestFrame(opcode: 2, lengthBytes: 8)],
        [TestFrame(opcode: 2, payload: [1, 2, 3], mask: [0, 0, 0, 0], lengthBytes: 8)],
        [TestFrame(opcode: 10), TestFrame(opcode: 1), TestFrame(opcode: 8, payload: [3, 232])],
    ]

    @Test("are found at every split", arguments: examples)
    func splits(_ frames: [TestFrame]) {
        let bytes = frames.flatMap(\.bytes)
        let expected = Self.seen(frames)
        for first in 0...bytes.count {
            for second in stride(from: first, through: bytes.count, by: bytes.count > 100 ? 13 : 1) {
                let pieces = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
                let (seen, scanner) = Self.scan(pieces)
                #expect(seen == expected)
                #expect(scanner.isAtBoundary)
                #expect(scanner.hasClosed == (frames.last?.opcode == 8))
            }
        }
    }

    @Test("as bytes of 64-bit lengths")
    func large() {
        // 16 MiB and a byte, of which the payload is counted and not looked at.
        var scanner = FrameScanner()
        var position = 0
        _ = scanner.next([0x82, 127, 0, 0, 0, 0, 1, 0, 0, 1] as [UInt8], from: &position)
        #expect(position == 10)
        let mebibyte = [UInt8](repeating: 0x88, count: 1 << 20)
        for _ in 0..<16 {
            position = 0
            #expect(scanner.next(mebibyte, from: &position) == nil)
            #expect(!scanner.isAtBoundary)
        }
        position = 0
        #expect(scanner.next([0, 0x81] as [UInt8], from: &position) == .init(opcode: 2, isFinal: true))
        #expect(position == 1)
    }

    @Test("a length with its highest bit ends the following: no place is a boundary any more")
    func lost() {
        let bytes: [UInt8] = [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]
        for split in 0...bytes.count {
            let (seen, scanner) = Self.scan([Array(bytes[..<split]), Array(bytes[split...]), [0x81, 0]])
            #expect(seen.isEmpty)
            #expect(scanner.isLost)
            #expect(!scanner.isAtBoundary)
        }
    }

    @Test("a message goes from its first frame to its last, whatever control frames stand between")
    func messages() {
        let frames = [
            TestFrame(opcode: 2, isFinal: false, payload: [1]), TestFrame(opcode: 9, payload: [2]),
            TestFrame(opcode: 0, isFinal: false), TestFrame(opcode: 10), TestFrame(opcode: 0, payload: [3]),
            TestFrame(opcode: 1),
        ]
        var scanner = FrameScanner()
        let inMessage = frames.map { frame in
            var position = 0
            _ = scanner.next(frame.bytes, from: &position)
            return scanner.isInMessage
        }
        #expect(inMessage == [true, true, true, true, false, false])
    }

    @Test("random frames in random pieces", arguments: 1...20)
    func random(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let frames = (0..<40).map { _ in TestFrame.random(&random) }
        let bytes = frames.flatMap(\.bytes)
        var pieces: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + 1 + random.below(random.below(2) == 0 ? 4 : 100_000))
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        #expect(Self.scan(pieces).frames == Self.seen(frames), "seed \(seed)")
    }
}

extension FrameScanner {
    fileprivate mutating func next(_ bytes: [UInt8], from position: inout Int) -> Frame? {
        next(bytes.span, from: &position)
    }
}
