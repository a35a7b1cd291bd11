/// Spans that are sent at once, as ``SpanTransport/append(_:_:to:)`` has written them.
public struct SpanBatch: Sendable {
    /// The spans, some in each piece.
    public internal(set) var pieces: [[UInt8]] = []
    /// How many there are.
    public internal(set) var count = 0

    init() {}

    /// The size of all pieces.
    var byteCount: Int { pieces.reduce(0) { $0 + $1.count } }
}
