/// What a message's content still holds, by its framing: a state machine over bytes.
struct ContentReader: Sendable {
    private enum State {
        case ended
        case length(Int)
        case chunked(ChunkedDecoder)
        case untilClose
    }

    /// What the bytes gave.
    enum Step: Equatable {
        /// Content: the bytes of this range.
        case data(Range<Int>)
        /// The content is whole.
        case end
        /// All bytes are used up.
        case needsMore
    }

    private var state: State
    /// The trailer fields, once the content has ended.
    private(set) var trailers = HTTPFields()

    init(_ framing: MessageFraming, limits: HTTPLimits) {
        switch framing {
        case .none: state = .ended
        case .length(let count): state = .length(count)
        case .chunked: state = .chunked(ChunkedDecoder(limits: limits))
        case .untilClose: state = .untilClose
        }
    }

    /// Becomes the reader of an empty content.
    mutating func clear() {
        if !isEnded { state = .ended }
        isOver = false
        if !trailers.isEmpty { trailers = HTTPFields() }
    }

    /// Whether all content has been read.
    var isEnded: Bool { if case .ended = state { true } else { false } }
    /// Whether the end of the connection is the end of the content.
    var endsWithConnection: Bool { if case .untilClose = state { true } else { false } }
    /// How many bytes are still to come, when their number was announced.
    var remaining: Int? {
        switch state {
        case .ended: 0
        case .length(let count): count
        case .chunked, .untilClose: nil
        }
    }

    /// Reads on from `position`, which moves behind what was used.
    mutating func next(_ span: Span<UInt8>, from position: inout Int) throws(HTTPProtocolError) -> Step {
        switch state {
        case .ended: return .end
        case .length(let count):
            let taken = min(count, span.count - position)
            guard taken > 0 else { return .needsMore }
            take(taken)
            position += taken
            return .data((position - taken)..<position)
        case .untilClose:
            guard position < span.count else { return .needsMore }
            defer { position = span.count }
            return .data(position..<span.count)
        case .chunked(var decoder):
            state = .ended
            defer { if case .ended = state, !isOver { state = .chunked(decoder) } }
            switch try decoder.next(span, from: &position) {
            case .data(let range): return .data(range)
            case .needsMore: return .needsMore
            case .end:
                isOver = true
                trailers = decoder.trailers
                return .end
            }
        }
    }

    /// Notes that `count` announced bytes were read past this reader.
    mutating func take(_ count: Int) {
        guard case .length(let before) = state else { return }
        state = before == count ? .ended : .length(before - count)
    }

    private var isOver = false
}
