/// Follows the frames of a WebSocket connection in one direction (RFC 6455 §5), at any cut of the bytes.
///
/// Reads headers alone: payloads are counted, never looked at, masked or not, with or without extensions. What else the
/// two ends may break of the protocol is theirs to refuse.
struct FrameScanner: Sendable, Equatable {
    /// A frame whose last byte has been passed.
    struct Frame: Sendable, Equatable {
        /// What it is (RFC 6455 §5.2): 0 continues a message, 8 is a Close.
        let opcode: UInt8
        /// Whether it is its message's last.
        let isFinal: Bool

        /// Control frames have the highest bit; they may stand between the frames of a message (§5.5).
        var isControl: Bool { opcode >= 8 }
    }

    /// Whether a message of several frames has begun and not ended.
    private(set) var isInMessage = false
    /// Whether a Close has passed: nothing may follow it (§5.5.1).
    private(set) var hasClosed = false
    /// Whether a length was none (its highest bit is set, §5.2): from there on nobody can tell frames.
    private(set) var isLost = false

    private var first: UInt8 = 0
    private var headerCount = 0
    /// How long the header is; known from its second byte on.
    private var headerLength = 2
    /// Where the mask begins.
    private var lengthEnd = 2
    private var payload: UInt64 = 0

    /// Whether all bytes so far are whole frames.
    var isAtBoundary: Bool { headerCount == 0 && !isLost }

    /// Goes on from `position` up to behind the next frame's end.
    ///
    /// - Returns: the frame; nil when the bytes end before, or with, a frame's middle. `position` is where it got to.
    mutating func next(_ bytes: Span<UInt8>, from position: inout Int) -> Frame? {
        guard !isLost else {
            position = bytes.count
            return nil
        }
        while headerCount < headerLength {
            guard position < bytes.count else { return nil }
            takeHeader(bytes[position])
            position += 1
        }
        guard payload >> 63 == 0 else {
            isLost = true
            position = bytes.count
            return nil
        }
        let step = Int(min(payload, UInt64(bytes.count - position)))
        position += step
        payload -= UInt64(step)
        return payload == 0 ? endFrame() : nil
    }

    private mutating func takeHeader(_ byte: UInt8) {
        defer { headerCount += 1 }
        switch headerCount {
        case 0: first = byte
        case 1:
            let length = byte & 0x7f
            lengthEnd = length == 126 ? 4 : length == 127 ? 10 : 2
            headerLength = lengthEnd + (byte & 0x80 == 0 ? 0 : 4)
            payload = lengthEnd == 2 ? UInt64(length) : 0
        default: if headerCount < lengthEnd { payload = payload << 8 | UInt64(byte) }
        }
    }

    private mutating func endFrame() -> Frame {
        let frame = Frame(opcode: first & 0x0f, isFinal: first & 0x80 != 0)
        if !frame.isControl { isInMessage = !frame.isFinal }
        if frame.opcode == 8 { hasClosed = true }
        (headerCount, headerLength) = (0, 2)
        return frame
    }
}
