import TestSupport

/// WebSocket frames, made and read in the plainest way.
struct TestFrame: Equatable, Sendable {
    var opcode: UInt8
    var isFinal = true
    var payload: [UInt8] = []
    var mask: [UInt8]?
    /// How many bytes the length takes: 1, 2 or 8.
    var lengthBytes = 1

    static func text(_ payload: [UInt8], mask: [UInt8]? = nil) -> TestFrame {
        TestFrame(opcode: 1, payload: payload, mask: mask)
    }

    /// On the wire.
    var bytes: [UInt8] {
        let count = payload.count
        let form = max(lengthBytes, count > 65_535 ? 8 : count > 125 ? 2 : 1)
        let code = form == 8 ? 127 : form == 2 ? 126 : UInt8(count)
        var bytes = [(isFinal ? 0x80 : 0) | opcode, (mask == nil ? 0 : 0x80) | code]
        if form > 1 { bytes += (0..<form).map { UInt8(truncatingIfNeeded: count >> (8 * (form - 1 - $0))) } }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.indices.map { payload[$0] ^ mask[$0 % 4] }
    }

    /// All frames of a direction; nil when the bytes are no whole frames.
    static func read(_ bytes: [UInt8]) -> [TestFrame]? {
        var rest = bytes[...]
        var frames: [TestFrame] = []
        func take(_ count: Int) -> [UInt8]? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        while !rest.isEmpty {
            guard let start = take(2) else { return nil }
            let code = start[1] & 0x7f
            let form = code == 127 ? 8 : code == 126 ? 2 : 1
            var count = Int(code)
            if form > 1 {
                guard let length = take(form) else { return nil }
                count = length.reduce(0) { $0 << 8 | Int($1) }
            }
            var mask: [UInt8]?
            if start[1] & 0x80 != 0 {
                mask = take(4)
                guard mask != nil else { return nil }
            }
            guard var payload = take(count) else { return nil }
            if let mask { payload = payload.indices.map { payload[$0] ^ mask[$0 % 4] } }
            let isFinal = start[0] & 0x80 != 0
            frames.append(
                TestFrame(
                    opcode: start[0] & 0x0f,
                    isFinal: isFinal,
                    payload: payload,
                    mask: mask,
                    lengthBytes: form
                )
            )
        }
        return frames
    }

    /// A Close's status and reason.
    var close: (status: Int, reason: String)? {
        guard opcode == 8, payload.count >= 2 else { return nil }
        return (Int(payload[0]) << 8 | Int(payload[1]), String(decoding: payload[2...], as: UTF8.self))
    }

    static func random(_ random: inout SplitMix) -> TestFrame {
        let sizes = [0, 0, 1, 5, 125, 126, 127, 300, 65_535, 65_536, 70_000]
        let isControl = random.below(4) == 0
        let count = isControl ? random.below(126) : sizes[random.below(sizes.count)]
        return TestFrame(
            opcode: isControl ? UInt8(9 + random.below(2)) : UInt8(random.below(3)),
            isFinal: isControl || random.below(2) == 0,
            payload: (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) },
            mask: random.below(2) == 0 ? nil : (0..<4).map { _ in UInt8(truncatingIfNeeded: random.next()) },
            lengthBytes: isControl ? 1 : [1, 2, 8][random.below(3)]
        )
    }
}
