/// Reads field lines up to the empty line that ends them: a message's header or its trailers (RFC 9112 §5).
///
/// Works on the bytes from the section's message start on; called again with more bytes it goes on at the first line
/// that was not whole. Bytes beyond `limit` are never looked at, so that the verdict does not depend on how the bytes
/// were cut into pieces.
struct FieldSectionParser: Sendable {
    let byteLimit: Int
    let countLimit: Int
    let takesUnderscores: Bool
    /// Where the next line begins.
    var position: Int

    /// Begins at `position`.
    init(_ limits: HTTPLimits, position: Int) {
        byteLimit = limits.headByteCount
        countLimit = limits.fieldCount
        takesUnderscores = limits.takesUnderscores
        self.position = position
    }

    /// Adds the whole lines to `lines`; their offsets count from the span's begin.
    ///
    /// - Returns: the index behind the section's empty line; nil when more bytes are needed.
    mutating func parse(
        _ span: Span<UInt8>,
        into lines: inout [HTTPFields.Line]
    ) throws(HTTPProtocolError) -> Int? {
        let window = span.count > byteLimit ? span.extracting(first: byteLimit) : span
        while true {
            let start = position
            let nameEnd = ByteScan.endOfToken(window, from: start)
            guard nameEnd < window.count else { return try more(window) }
            guard window[nameEnd] == UInt8(ascii: ":"), nameEnd > start else {
                guard nameEnd == start, window[start] == UInt8(ascii: "\r") else {
                    throw nameError(window, start: start, end: nameEnd)
                }
                guard let next = try lineEnd(window, at: start) else { return try more(window) }
                position = next
                return next
            }
            if !takesUnderscores { try checkUnderscores(window, start..<nameEnd) }
            var valueStart = nameEnd + 1
            while valueStart < window.count, ListMembers.isBlank(window[valueStart]) { valueStart += 1 }
            let end = ByteScan.endOfFieldValue(window, from: valueStart)
            guard end < window.count else { return try more(window) }
            guard let next = try valueEnd(window, at: end) else { return try more(window) }
            var last = end
            while last > valueStart, ListMembers.isBlank(window[last - 1]) { last -= 1 }
            position = next
            guard lines.count < countLimit else { throw HTTPProtocolError(.fieldsTooMany, at: start) }
            let line = HTTPFields.Line(
                name: UInt32(truncatingIfNeeded: start),
                nameCount: UInt32(truncatingIfNeeded: nameEnd - start),
                value: UInt32(truncatingIfNeeded: valueStart),
                valueCount: UInt32(truncatingIfNeeded: last - valueStart)
            )
            lines.append(line)
        }
    }

    /// Nil, for more bytes; or the refusal of a section that has no room for more.
    @inline(never) private func more(_ window: Span<UInt8>) throws(HTTPProtocolError) -> Int? {
        guard window.count < byteLimit else { throw HTTPProtocolError(.fieldsTooLarge, at: byteLimit) }
        return nil
    }

    /// The index behind the line whose value ends at `index`; nil when its line feed is still to come.
    @inline(__always) private func valueEnd(
        _ span: Span<UInt8>,
        at index: Int
    ) throws(HTTPProtocolError) -> Int? {
        guard span[index] == UInt8(ascii: "\r") else {
            throw HTTPProtocolError(
                span[index] == UInt8(ascii: "\n") ? .bareLineFeed : .fieldValueInvalid,
                at: index
            )
        }
        return try lineEnd(span, at: index)
    }

    /// The index behind the CRLF at `index`; nil when the line feed is still to come.
    @inline(__always) private func lineEnd(
        _ span: Span<UInt8>,
        at index: Int
    ) throws(HTTPProtocolError) -> Int? {
        guard index + 1 < span.count else { return nil }
        guard span[index + 1] == UInt8(ascii: "\n") else {
            throw HTTPProtocolError(.bareCarriageReturn, at: index)
        }
        return index + 2
    }

    @inline(never) private func checkUnderscores(
        _ span: Span<UInt8>,
        _ name: Range<Int>
    ) throws(HTTPProtocolError) {
        guard let index = ByteScan.firstUnderscore(span, name) else { return }
        throw HTTPProtocolError(.fieldNameInvalid, at: index)
    }

    private func nameError(_ span: Span<UInt8>, start: Int, end: Int) -> HTTPProtocolError {
        let isBlank = ListMembers.isBlank(span[end])
        return switch span[end] {
        case UInt8(ascii: "\n"): HTTPProtocolError(.bareLineFeed, at: end)
        case _ where isBlank && end == start: HTTPProtocolError(.leadingWhitespace, at: end)
        case _ where isBlank: HTTPProtocolError(.whitespaceBeforeColon, at: end)
        default: HTTPProtocolError(.fieldNameInvalid, at: end)
        }
    }
}
