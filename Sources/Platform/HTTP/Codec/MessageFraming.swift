/// How the content of a message is delimited (RFC 9112 §6).
enum MessageFraming: Sendable, Hashable {
    /// There is no content.
    case none
    /// So many bytes, at least one.
    case length(Int)
    /// Chunks, perhaps with trailers.
    case chunked
    /// All that comes until the connection ends (answers only).
    case untilClose

    /// The length in bytes, when it is told.
    var length: Int? { if case .length(let count) = self { count } else { nil } }
}

/// What the fields of a head say about the message itself, gathered in one pass over them.
struct FramingFields: Sendable {
    private(set) var length: Int?
    private(set) var isChunked = false
    private(set) var hasEncoding = false
    private(set) var host: Range<Int>?
    private(set) var closes = false
    private(set) var keepsAlive = false
    private(set) var namesUpgrade = false
    private(set) var upgrade = false
    private(set) var expectsContinue = false

    /// How the content of a request is delimited.
    var framing: MessageFraming {
        if isChunked { return .chunked }
        guard let length, length > 0 else { return .none }
        return .length(length)
    }

    /// Looks at each field of a head.
    ///
    /// - Throws: what RFC 9112 §6 and the house rules forbid.
    init(_ span: Span<UInt8>, _ lines: [HTTPFields.Line], isRequest: Bool) throws(HTTPProtocolError) {
        for line in lines {
            // The names that matter differ in length from nearly all others: one comparison skips the rest.
            let name = line.nameRange
            switch line.nameCount {
            case 4 where isRequest && ByteScan.equals(span, name, "host"):
                guard host == nil else { throw HTTPProtocolError(.hostRepeated, at: name.lowerBound) }
                host = line.valueRange
            case 6 where isRequest && ByteScan.equals(span, name, "expect"):
                guard ByteScan.equals(span, line.valueRange, "100-continue") else {
                    throw HTTPProtocolError(.expectationUnknown, at: name.lowerBound)
                }
                expectsContinue = true
            case 7 where ByteScan.equals(span, name, "upgrade"): upgrade = true
            case 10 where ByteScan.equals(span, name, "connection"):
                readConnection(span, line.valueRange)
            case 14 where ByteScan.equals(span, name, "content-length"):
                // One space behind the colon is how everybody writes it in a request; more is somebody probing for a lenient
                // parser. Servers may keep room for a number that they don't know yet.
                let isPadded = line.valueRange.lowerBound - name.upperBound > 2
                guard !isRequest || !isPadded else {
                    throw HTTPProtocolError(.lengthInvalid, at: name.lowerBound)
                }
                try readLength(span, line)
            case 17 where ByteScan.equals(span, name, "transfer-encoding"): try readEncoding(span, line)
            default: break
            }
        }
        guard !hasEncoding || length == nil else { throw HTTPProtocolError(.lengthBesideEncoding, at: 0) }
    }

    private mutating func readConnection(_ span: Span<UInt8>, _ range: Range<Int>) {
        // One option, as nearly always, is no list.
        guard !ByteScan.equals(span, range, "keep-alive") else {
            keepsAlive = true
            return
        }
        let value = span.extracting(range)
        ListMembers.forEach(in: value) { member in
            switch member.count {
            case 5 where ByteScan.equals(value, member, "close"): closes = true
            case 7 where ByteScan.equals(value, member, "upgrade"): namesUpgrade = true
            case 10 where ByteScan.equals(value, member, "keep-alive"): keepsAlive = true
            default: break
            }
        }
    }

    private mutating func readLength(_ span: Span<UInt8>, _ line: HTTPFields.Line) throws(HTTPProtocolError) {
        let at = line.nameRange.lowerBound
        guard length == nil else { throw HTTPProtocolError(.lengthRepeated, at: at) }
        guard (1...19).contains(line.valueCount) else { throw HTTPProtocolError(.lengthInvalid, at: at) }
        var value = 0
        for index in line.valueRange {
            guard span[index] &- 48 < 10 else { throw HTTPProtocolError(.lengthInvalid, at: index) }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowed) = scaled.addingReportingOverflow(Int(span[index] - 48))
            guard !overflow, !overflowed else { throw HTTPProtocolError(.lengthInvalid, at: at) }
            value = sum
        }
        length = value
    }

    /// `chunked`, once, and nothing else. A list that ends in one `chunked` behind codings that are tokens is a coding we
    /// don't have; all other forms are malformed.
    private mutating func readEncoding(_ span: Span<UInt8>, _ line: HTTPFields.Line) throws(HTTPProtocolError)
    {
        let at = line.nameRange.lowerBound
        guard !hasEncoding else { throw HTTPProtocolError(.encodingInvalid, at: at) }
        hasEncoding = true
        if ByteScan.equals(span, line.valueRange, "chunked") {
            isChunked = true
            return
        }
        let value = span.extracting(line.valueRange)
        var members = 0
        var chunked = 0
        var endsInChunked = false
        var tokens = true
        ListMembers.forEach(in: value) { member in
            members += 1
            endsInChunked = ByteScan.equals(value, member, "chunked")
            if endsInChunked { chunked += 1 }
            if ByteScan.endOfToken(value, from: member.lowerBound) < member.upperBound { tokens = false }
        }
        let commas = value.indices.count { value[$0] == UInt8(ascii: ",") }
        let isList = tokens && commas == members - 1
        let reason: HTTPRefusal =
            isList && endsInChunked && chunked == 1 ? .encodingUnknown : .encodingInvalid
        throw HTTPProtocolError(reason, at: at)
    }
}
