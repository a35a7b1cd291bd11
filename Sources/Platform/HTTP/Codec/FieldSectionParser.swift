/// Reads field lines up to the empty line that ends them: a message's header or its trailers (RFC 9112 §5).
///
/// Works on the bytes from the section's message start on; called again with more bytes it goes on at the first line
/// that was not whole. Bytes beyond `limit` are never looked at, so that the verdict does not depend on how the bytes
/// were cut into pieces.
struct FieldSectionParser: Sendable {
    let byteLimit: Int
    let countLimit: Int
    /// Where the next line begins.
    var position: Int

    /// Adds the whole lines to `lines`; their offsets count from the span's begin.
    ///
    /// - Returns: the index behind the section's empty line; nil when more bytes are needed.
    mutating func parse(
        _ span: Span<UInt8>,
        into lines: inout [HTTPFields.Line]
    ) throws(HTTPProtocolError) -> Int? {
        let window = span.count > byteLimit ? span.extracting(first: byteLimit) : span
        while true {
            guard let step = try line(window) else {
                guard window.count < byteLimit else {
                    throw HTTPProtocolError(.fieldsTooLarge, at: byteLimit)
                }
                return nil
            }
            position = step.next
            guard let line = step.line else { return position }
            guard lines.count < countLimit else {
                throw HTTPProtocolError(.fieldsTooMany, at: Int(line.name))
            }
            lines.append(line)
        }
    }

    /// One line: the field, or nil for the empty line at the end.
    private func line(
        _ span: Span<UInt8>
    ) throws(HTTPProtocolError) -> (line: HTTPFields.Line?, next: Int)? {
        let start = position
        guard start < span.count else { return nil }
        let nameEnd = ByteScan.endOfToken(span, from: start)
        guard nameEnd < span.count else { return nil }
        guard span[nameEnd] == UInt8(ascii: ":"), nameEnd > start else {
            if nameEnd == start, span[start] == UInt8(ascii: "\r") {
                guard let next = try lineEnd(span, at: start) else { return nil }
                return (nil, next)
            }
            throw nameError(span, start: start, end: nameEnd)
        }
        var valueStart = nameEnd + 1
        while valueStart < span.count, ListMembers.isBlank(span[valueStart]) { valueStart += 1 }
        let end = ByteScan.endOfFieldValue(span, from: valueStart)
        guard end < span.count else { return nil }
        guard span[end] == UInt8(ascii: "\r") else {
            throw HTTPProtocolError(
                span[end] == UInt8(ascii: "\n") ? .bareLineFeed : .fieldValueInvalid,
                at: end
            )
        }
        guard let next = try lineEnd(span, at: end) else { return nil }
        var valueEnd = end
        while valueEnd > valueStart, ListMembers.isBlank(span[valueEnd - 1]) { valueEnd -= 1 }
        let line = HTTPFields.Line(
            name: UInt32(truncatingIfNeeded: start),
            nameCount: UInt32(truncatingIfNeeded: nameEnd - start),
            value: UInt32(truncatingIfNeeded: valueStart),
            valueCount: UInt32(truncatingIfNeeded: valueEnd - valueStart)
        )
        return (line, next)
    }

    /// The index behind the CRLF at `index`; nil when the line feed is still to come.
    private func lineEnd(_ span: Span<UInt8>, at index: Int) throws(HTTPProtocolError) -> Int? {
        guard index + 1 < span.count else { return nil }
        guard span[index + 1] == UInt8(ascii: "\n") else {
            throw HTTPProtocolError(.bareCarriageReturn, at: index)
        }
        return index + 2
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
