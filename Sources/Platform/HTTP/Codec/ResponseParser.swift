/// Reads the head of an answer from the bytes of a connection, at any cut of the bytes (RFC 9112 §4, §6.3).
struct ResponseParser: Sendable {
    /// What a head says about its message and its connection.
    struct Frame: Sendable, Equatable {
        /// How the content is delimited.
        var framing = MessageFraming.none
        /// Whether the connection may serve another request after this answer.
        var keepsAlive = true
    }

    /// The head, whole once ``parse(_:)`` has returned its end.
    private(set) var head = HTTPResponseHead(.ok)
    /// What the head says about its message.
    private(set) var frame = Frame()

    private let limits: HTTPLimits
    /// Whether the answer is to a HEAD request and thus has no content.
    private var answersHead: Bool
    private var fields: FieldSectionParser
    private var hasStatusLine = false

    init(limits: HTTPLimits, answersHead: Bool = false) {
        self.limits = limits
        self.answersHead = answersHead
        fields = FieldSectionParser(limits, position: 0)
    }

    /// Makes ready for the next answer, or for the one behind an interim answer.
    mutating func reset(answersHead: Bool) {
        self.answersHead = answersHead
        hasStatusLine = false
        fields.position = 0
        head.fields.removeAll()
    }

    /// Reads on.
    ///
    /// - Parameter span: all bytes since the message's start.
    /// - Returns: the index behind the head; nil when more bytes are needed.
    /// - Throws: what the message breaks.
    mutating func parse(_ span: Span<UInt8>) throws(HTTPProtocolError) -> Int? {
        if !hasStatusLine {
            let window =
                span.count > limits.headByteCount ? span.extracting(first: limits.headByteCount) : span
            guard let next = try statusLine(window) else {
                guard window.count < limits.headByteCount else {
                    throw HTTPProtocolError(.fieldsTooLarge, at: limits.headByteCount)
                }
                return nil
            }
            hasStatusLine = true
            fields.position = next
        }
        guard let end = try fields.parse(span, into: &head.fields.lines) else { return nil }
        try finish(span)
        unsafe span.extracting(first: end).withUnsafeBufferPointer { bytes in
            unsafe head.fields.bytes.append(contentsOf: bytes)
        }
        return end
    }

    /// `HTTP/1.1 200 OK`; the phrase may be missing, and nobody reads it.
    private mutating func statusLine(_ span: Span<UInt8>) throws(HTTPProtocolError) -> Int? {
        let prefix: StaticString = "HTTP/1."
        for offset in 0..<7 {
            guard offset < span.count else { return nil }
            // Within the literal's seven bytes.
            guard unsafe prefix.utf8Start[offset] == span[offset] else {
                throw HTTPProtocolError(offset < 5 ? .statusInvalid : .versionUnsupported, at: offset)
            }
        }
        guard span.count > 12 else { return nil }
        switch span[7] {
        case UInt8(ascii: "0"): head.version = .http10
        case UInt8(ascii: "1"): head.version = .http11
        default: throw HTTPProtocolError(.versionInvalid, at: 7)
        }
        guard span[8] == UInt8(ascii: " ") else { throw HTTPProtocolError(.statusInvalid, at: 8) }
        var code = 0
        for index in 9..<12 {
            guard span[index] &- 48 < 10 else { throw HTTPProtocolError(.statusInvalid, at: index) }
            code = code * 10 + Int(span[index] - 48)
        }
        guard let status = HTTPStatus(code: code) else { throw HTTPProtocolError(.statusInvalid, at: 9) }
        guard span[12] == UInt8(ascii: " ") || span[12] == UInt8(ascii: "\r") else {
            throw HTTPProtocolError(.statusInvalid, at: 12)
        }
        head.status = status
        let end = ByteScan.endOfFieldValue(span, from: 12)
        guard end < span.count else { return nil }
        guard span[end] == UInt8(ascii: "\r") else {
            throw HTTPProtocolError(span[end] == UInt8(ascii: "\n") ? .bareLineFeed : .statusInvalid, at: end)
        }
        guard end + 1 < span.count else { return nil }
        guard span[end + 1] == UInt8(ascii: "\n") else {
            throw HTTPProtocolError(.bareCarriageReturn, at: end)
        }
        return end + 2
    }

    private mutating func finish(_ span: Span<UInt8>) throws(HTTPProtocolError) {
        let facts = try FramingFields(span, head.fields.lines, isRequest: false)
        let isOld = head.version == .http10
        guard !facts.hasEncoding || !isOld else { throw HTTPProtocolError(.encodingInvalid, at: 0) }
        if head.status.isInformational || head.status == .noContent {
            guard facts.length == nil, !facts.hasEncoding else {
                throw HTTPProtocolError(.contentNotAllowed, at: 0)
            }
        }
        let framing: MessageFraming
        if answersHead || head.status.hasNoContent {
            framing = .none
        } else if facts.isChunked {
            framing = .chunked
        } else if let length = facts.length {
            framing = length == 0 ? .none : .length(length)
        } else {
            framing = .untilClose
        }
        let stays = isOld ? facts.keepsAlive && !facts.closes : !facts.closes
        frame = Frame(framing: framing, keepsAlive: stays && framing != .untilClose)
    }
}
