/// Takes chunked content apart (RFC 9112 §7.1), at any cut of the bytes.
struct ChunkedDecoder: Sendable {
    /// What the bytes gave.
    enum Step: Hashable {
        /// Content: the bytes of this range.
        case data(Range<Int>)
        /// The content has ended; ``ChunkedDecoder/trailers`` are whole.
        case end
        /// All bytes are used up.
        case needsMore
    }

    private enum State {
        case size(digits: Int)
        case extensions(count: Int)
        case sizeLineFeed
        case data
        case dataCarriageReturn
        case dataLineFeed
        case trailers
        case ended
    }

    /// The trailer fields, without those that may not stand in trailers (RFC 9110 §6.5.1).
    private(set) var trailers = HTTPFields()

    private let limits: HTTPLimits
    private var state = State.size(digits: 0)
    private var size: UInt64 = 0
    private var section: FieldSectionParser

    init(limits: HTTPLimits) {
        self.limits = limits
        section = FieldSectionParser(limits, position: 0)
    }

    /// Reads on from `position`, which moves behind what was used.
    ///
    /// - Throws: what the content breaks; nothing more can be read from the connection then.
    mutating func next(_ span: Span<UInt8>, from position: inout Int) throws(HTTPProtocolError) -> Step {
        while position < span.count {
            switch state {
            case .data:
                let count = Int(min(size, UInt64(span.count - position)))
                size -= UInt64(count)
                if size == 0 { state = .dataCarriageReturn }
                position += count
                return .data((position - count)..<position)
            case .trailers: return try trailers(span, from: &position)
            case .ended: return .end
            default:
                try frame(span[position], at: position)
                position += 1
            }
        }
        if case .ended = state { return .end }
        return .needsMore
    }

    /// One byte between the chunks' data.
    private mutating func frame(_ byte: UInt8, at position: Int) throws(HTTPProtocolError) {
        switch state {
        case .size(let digits):
            if let digit = ByteClass.hexDigit(byte) {
                guard digits < 16 else { throw HTTPProtocolError(.chunkInvalid, at: position) }
                size = size << 4 | UInt64(digit)
                state = .size(digits: digits + 1)
            } else {
                guard digits > 0, size <= UInt64(Int.max) else {
                    throw HTTPProtocolError(.chunkInvalid, at: position)
                }
                try endSize(byte, extensionCount: 0, at: position)
            }
        case .extensions(let count): try endSize(byte, extensionCount: count, at: position)
        case .sizeLineFeed:
            guard byte == UInt8(ascii: "\n") else {
                throw HTTPProtocolError(.bareCarriageReturn, at: position)
            }
            state = size == 0 ? .trailers : .data
        case .dataCarriageReturn:
            guard byte == UInt8(ascii: "\r") else { throw HTTPProtocolError(.chunkInvalid, at: position) }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == UInt8(ascii: "\n") else {
                throw HTTPProtocolError(.bareCarriageReturn, at: position)
            }
            state = .size(digits: 0)
            size = 0
        case .data, .trailers, .ended: preconditionFailure("no frame byte in this state")
        }
    }

    /// What follows the size: extensions, which nobody reads, and the line's end.
    private mutating func endSize(
        _ byte: UInt8,
        extensionCount: Int,
        at position: Int
    ) throws(HTTPProtocolError) {
        switch byte {
        case UInt8(ascii: "\r"): state = .sizeLineFeed
        case UInt8(ascii: "\n"): throw HTTPProtocolError(.bareLineFeed, at: position)
        case _ where extensionCount == 0 && byte != UInt8(ascii: ";") || !ByteClass.isFieldValue(byte):
            throw HTTPProtocolError(.chunkInvalid, at: position)
        default:
            guard extensionCount < limits.chunkExtensionByteCount else {
                throw HTTPProtocolError(.chunkExtensionTooLong, at: position)
            }
            state = .extensions(count: extensionCount + 1)
        }
    }

    /// Trailer lines are gathered until their empty line, within the limit of a head.
    private mutating func trailers(
        _ span: Span<UInt8>,
        from position: inout Int
    ) throws(HTTPProtocolError) -> Step {
        let known = trailers.bytes.count
        let taken = min(span.count - position, limits.headByteCount + 1 - known)
        unsafe span.extracting(position..<(position + taken)).withUnsafeBufferPointer { bytes in
            unsafe trailers.bytes.append(contentsOf: bytes)
        }
        let bytes = trailers.bytes
        var lines = trailers.lines
        let whole = try section.parse(bytes.span, into: &lines)
        trailers.lines = lines
        guard let end = whole else {
            position += taken
            return .needsMore
        }
        position += end - known
        trailers.bytes.removeLast(trailers.bytes.count - end)
        trailers.removeAll { name in Self.forbidden.contains { ByteScan.equals(name, 0..<name.count, $0) } }
        state = .ended
        return .end
    }

    /// Fields that frame, route or authenticate a message mean nothing behind it (RFC 9110 §6.5.1).
    private static let forbidden: [StaticString] = [
        "content-length", "transfer-encoding", "host", "authorization", "trailer", "te", "connection",
        "upgrade",
        "content-encoding", "content-type", "content-range", "expect", "max-forwards", "cache-control",
        "range",
        "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "cookie",
        "set-cookie",
        "proxy-authorization", "proxy-authenticate", "www-authenticate", "age", "expires", "date", "location",
        "retry-after", "vary", "warning", "keep-alive", "proxy-connection",
    ]
}
