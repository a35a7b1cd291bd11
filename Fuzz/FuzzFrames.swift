/// Follows the input as WebSocket frames and as server-sent events, whole, byte by byte and cut in two: what is found must
/// not depend on the cuts, and what a gate lets through must end with a frame.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrames(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes for the call.
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    let cut = Int(first) % (count + 1)
    let ways = [[bytes], bytes.map { [$0] }, [Array(bytes[..<cut]), Array(bytes[cut...])]]
    let frames = ways.map(frames(in:))
    precondition(frames.allSatisfy { $0 == frames[0] }, "frames depend on the cuts")
    let events = ways.map(events(in:))
    precondition(events.allSatisfy { $0 == events[0] }, "events depend on the cuts")
    for wish in [FrameGate.Wish.betweenMessages, .betweenFrames] {
        let passed = ways.map { passed($0, asking: wish, after: cut) }
        precondition(passed.allSatisfy { $0 == passed[0] }, "a gate depends on the cuts")
        checkEnd(of: bytes, passed[0], frames[0])
    }
    return 0
}

/// The offsets behind frames.
private func frames(in pieces: [[UInt8]]) -> [Int] {
    var scanner = FrameScanner()
    var ends: [Int] = []
    var offset = 0
    for piece in pieces {
        var position = 0
        while position < piece.count {
            if scanner.next(piece.span, from: &position) != nil { ends.append(offset + position) }
        }
        offset += piece.count
    }
    return ends
}

private func events(in pieces: [[UInt8]]) -> [Int] {
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
    return ends
}

/// What a gate lets through that is asked to shut behind so many bytes; whether it is shut then.
private func passed(_ pieces: [[UInt8]], asking wish: FrameGate.Wish, after count: Int) -> [Int] {
    var gate = FrameGate()
    var seen = 0
    var passed = 0
    for piece in pieces {
        let free = max(0, min(piece.count, count - seen))
        passed += gate.pass(Array(piece[..<free]).span)
        seen += piece.count
        guard seen >= count else { continue }
        gate.ask(wish)
        _ = gate.shut()
        passed += gate.pass(Array(piece[free...]).span)
        _ = gate.shut()
    }
    return [passed, gate.isShut ? 1 : 0]
}

private func checkEnd(of bytes: [UInt8], _ passed: [Int], _ frames: [Int]) {
    guard passed[1] == 1 else { return precondition(passed[0] == bytes.count, "bytes are lost") }
    precondition(passed[0] == 0 || frames.contains(passed[0]), "shut within a frame")
}
