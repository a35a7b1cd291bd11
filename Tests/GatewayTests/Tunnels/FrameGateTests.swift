import TestSupport
import Testing

@testable import Gateway

@Suite("a gate behind frames") struct FrameGateTests {
    private static let message = [
        TestFrame(opcode: 2, isFinal: false, payload: [1, 2, 3]), TestFrame(opcode: 9, payload: [4]),
        TestFrame(opcode: 0, payload: [5, 6]),
    ]

    @Test("that nobody asked to shut lets all through")
    func open() {
        var gate = FrameGate()
        let bytes = Self.message.flatMap(\.bytes)
        #expect(gate.pass(bytes.span) == bytes.count)
        #expect(gate.shut() == false)
    }

    @Test("is shut at once between messages, and then lets nothing through")
    func atOnce() {
        var gate = FrameGate()
        gate.ask(.betweenMessages)
        #expect(gate.pass([0x81, 0].span) == 0)
        #expect(gate.shut() == true)
        #expect(gate.isShut)
        #expect(gate.pass([0x81, 0].span) == 0)
        #expect(gate.shut() == false)
    }

    static let wishes: [(asked: Int, wish: FrameGate.Wish, passed: Int)] = [
        (0, .betweenMessages, 0), (1, .betweenMessages, 12), (5, .betweenMessages, 12),
        (6, .betweenMessages, 12), (8, .betweenMessages, 12), (9, .betweenMessages, 12),
        (12, .betweenMessages, 12), (0, .betweenFrames, 0), (1, .betweenFrames, 5), (4, .betweenFrames, 5),
        (5, .betweenFrames, 5), (6, .betweenFrames, 8), (8, .betweenFrames, 8), (9, .betweenFrames, 12),
        (13, .betweenFrames, 14), (13, .betweenMessages, 14),
    ]

    @Test("that is asked after so many bytes is shut behind the next frame, or the message", arguments: wishes)
    func isShut(_ asked: Int, _ wish: FrameGate.Wish, _ passed: Int) {
        let bytes = Self.message.flatMap(\.bytes) + [0x81, 0]
        var gate = FrameGate()
        #expect(gate.pass(Array(bytes[..<asked]).span) == asked)
        gate.ask(wish)
        // It stays shut for the rest, in whatever pieces it comes.
        var more = 0
        for byte in bytes[asked...] { more += gate.pass([byte].span) }
        #expect(asked + more == passed)
        #expect(gate.shut() == true)
        var again = FrameGate()
        _ = again.pass(Array(bytes[..<asked]).span)
        again.ask(wish)
        #expect(again.pass(Array(bytes[asked...]).span) == more)
    }

    @Test("a wish for any frame is not taken back")
    func stronger() {
        var gate = FrameGate()
        _ = gate.pass(Self.message[0].bytes.span)
        gate.ask(.betweenMessages)
        #expect(!gate.mayShut)
        gate.ask(.betweenFrames)
        gate.ask(.betweenMessages)
        #expect(gate.mayShut)
    }

    @Test("is not shut behind the sender's own Close, nor where frames are lost")
    func never() {
        var closed = FrameGate()
        let close = TestFrame(opcode: 8, payload: [3, 232]).bytes
        #expect(closed.pass(close.span) == close.count)
        closed.ask(.betweenFrames)
        #expect(closed.shut() == false)
        #expect(closed.hasClosed)
        var lost = FrameGate()
        lost.ask(.none)
        #expect(lost.pass([0x82, 127, 255, 0, 0, 0, 0, 0, 0, 0, 9].span) == 11)
        lost.ask(.betweenFrames)
        #expect(lost.shut() == false)
        #expect(lost.pass([1, 2, 3].span) == 3)
    }

    @Test("what went through is whole frames, and whole messages where those were wished for", arguments: 1...50)
    func random(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var bytes = (0..<20).flatMap { _ in TestFrame.random(&random).bytes }
        // An end to whatever message is open.
        bytes += TestFrame(opcode: 0).bytes
        let asks = random.below(bytes.count)
        let wish: FrameGate.Wish = random.below(2) == 0 ? .betweenFrames : .betweenMessages
        var gate = FrameGate()
        var out: [UInt8] = []
        var start = 0
        while start < bytes.count, !gate.isShut {
            let end = min(bytes.count, start + 1 + random.below(9000))
            if end > asks { gate.ask(wish) }
            let piece = Array(bytes[start..<end])
            out += piece[..<gate.pass(piece.span)]
            _ = gate.shut()
            start = end
        }
        #expect(gate.isShut, "seed \(seed)")
        #expect(bytes.starts(with: out), "seed \(seed)")
        let frames = try #require(TestFrame.read(out), "seed \(seed)")
        if wish == .betweenMessages {
            #expect(frames.last { $0.opcode < 8 }?.isFinal ?? true, "seed \(seed)")
        }
    }
}

@Suite("Close frames") struct CloseFrameTests {
    @Test("carry status and reason, in the clear to clients")
    func clear() throws {
        let frame = CloseFrame.bytes(1012, "reconnect in 1350 ms")
        #expect(frame.prefix(4) == [0x88, 22, 0x03, 0xf4])
        let read = try #require(TestFrame.read(frame)?.first)
        #expect(read.close?.status == 1012)
        #expect(read.close?.reason == "reconnect in 1350 ms")
    }

    @Test("and masked to servers")
    func masked() throws {
        let frame = CloseFrame.bytes(1001, "x", mask: 0x37fa_213d)
        let payload: [UInt8] = [0x34, 0x13, 0x59]
        #expect(frame == [0x88, 0x83, 0x37, 0xfa, 0x21, 0x3d] + payload)
        #expect(TestFrame.read(frame)?.first?.close?.status == 1001)
    }

    @Test("a long reason is cut to what a control frame holds, between characters")
    func long() throws {
        let frame = CloseFrame.bytes(1012, "x" + String(repeating: "é", count: 100))
        let close = try #require(TestFrame.read(frame)?.first?.close)
        #expect(close.reason == "x" + String(repeating: "é", count: 61))
        #expect(frame.count == 127)
    }
}
