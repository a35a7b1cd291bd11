/// Takes a `multipart/form-data` content apart (RFC 7578, RFC 2046 §5.1): a state machine over bytes.
///
/// Stricter than RFC 2046: nothing before the first boundary, nothing but a line end behind the last, no padding behind a
/// boundary, and no line in a part that begins with it.
struct MultipartParser: Sendable {
    /// What the bytes gave.
    enum Step: Equatable {
        /// A part begins.
        case part(MultipartHead)
        /// Content of the part: the bytes of this range.
        case data(Range<Int>)
        /// The part is whole.
        case partEnd
        /// The content is whole.
        case end
        /// All bytes are used up, but for those from the position on, which must come again with more behind them.
        case needsMore
    }

    private enum State {
        case begin
        case header(MultipartHeader)
        case data
        case delimiter
        case epilogue
        case ended
    }

    private let boundary: MultipartBoundary
    private let limits: MultipartLimits
    private var state = State.begin
    private var partCount = 0

    init(_ boundary: MultipartBoundary, _ limits: MultipartLimits) {
        self.boundary = boundary
        self.limits = limits
    }

    /// Reads on from `position`, which moves behind what was used; the last bytes are those that none will follow.
    mutating func next(
        _ bytes: Span<UInt8>,
        from position: inout Int,
        isLast: Bool
    ) throws(MultipartError) -> Step {
        let step = try read(bytes, &position)
        guard step == .needsMore, isLast else { return step }
        guard case .epilogue = state else { throw .unexpectedEnd }
        guard bytes.count - position != 1 else { throw .epilogue }
        position = bytes.count
        state = .ended
        return .end
    }

    private mutating func read(_ bytes: Span<UInt8>, _ position: inout Int) throws(MultipartError) -> Step {
        while true {
            switch state {
            case .begin:
                let first = boundary.delimiter.count - 2
                guard bytes.count - position >= first else { return try begins(bytes, position) }
                guard matches(bytes, at: position, from: 2) == first else { throw .preamble }
                position += first
                state = .delimiter
            case .delimiter:
                guard bytes.count - position >= 2 else { return .needsMore }
                try readDelimiterEnd(bytes[position], bytes[position + 1])
                position += 2
            case .header(var header):
                guard let line = try header.takeLine(bytes, from: &position, limits) else {
                    state = .header(header)
                    return .needsMore
                }
                guard line.isEmpty else {
                    try header.add(line, limits)
                    state = .header(header)
                    continue
                }
                state = .data
                return .part(try header.head())
            case .data: return try readData(bytes, &position)
            case .epilogue: return try readEpilogue(bytes, position)
            case .ended: return .end
            }
        }
    }

    /// Before the first boundary is whole: refuses what can't become one.
    private func begins(_ bytes: Span<UInt8>, _ position: Int) throws(MultipartError) -> Step {
        guard matches(bytes, at: position, from: 2) == bytes.count - position else { throw .preamble }
        return .needsMore
    }

    /// Behind a boundary: CRLF before the next part, or two hyphens at the end.
    private mutating func readDelimiterEnd(_ first: UInt8, _ second: UInt8) throws(MultipartError) {
        switch (first, second) {
        case (UInt8(ascii: "\r"), UInt8(ascii: "\n")):
            partCount += 1
            guard partCount <= limits.partCount else { throw .tooManyParts }
            state = .header(MultipartHeader())
        case (UInt8(ascii: "-"), UInt8(ascii: "-")): state = .epilogue
        default: throw .delimiter
        }
    }

    private mutating func readData(_ bytes: Span<UInt8>, _ position: inout Int) throws(MultipartError) -> Step
    {
        let start = position
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "\r") else {
                position += 1
                continue
            }
            let matched = matches(bytes, at: position, from: 0)
            if matched == boundary.delimiter.count {
                if position > start { return .data(start..<position) }
                position += matched
                state = .delimiter
                return .partEnd
            }
            if position + matched == bytes.count { break }
            position += 1
        }
        return position > start ? .data(start..<position) : .needsMore
    }

    /// How many bytes from `position` on are the delimiter's from its byte `first` on.
    private func matches(_ bytes: Span<UInt8>, at position: Int, from first: Int) -> Int {
        var count = 0
        while first + count < boundary.delimiter.count, position + count < bytes.count,
            bytes[position + count] == boundary.delimiter[first + count]
        {
            count += 1
        }
        return count
    }

    /// Behind the last boundary: a line end at most. It stays unused until the end of the content has shown itself.
    private func readEpilogue(_ bytes: Span<UInt8>, _ position: Int) throws(MultipartError) -> Step {
        let count = bytes.count - position
        guard count <= 2, count < 1 || bytes[position] == UInt8(ascii: "\r"),
            count < 2 || bytes[position + 1] == UInt8(ascii: "\n")
        else { throw .epilogue }
        return .needsMore
    }
}
