/// What of a span travels to other processes: its ids, whether it is sampled, and what vendors add.
public struct SpanContext: Sendable, Hashable {
    /// The trace.
    public let traceID: TraceID
    /// The span.
    public let spanID: SpanID
    /// Whether who began the trace, or somebody since, records it (W3C Trace Context level 1 §3.2.2.5.1).
    public var isSampled: Bool
    /// Whether it came from another process.
    public let isRemote: Bool
    /// The vendors' entries, passed on as they came.
    public var traceState: TraceState

    /// Puts the parts together.
    public init(
        traceID: TraceID,
        spanID: SpanID,
        isSampled: Bool,
        isRemote: Bool = false,
        traceState: TraceState = TraceState()
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.isRemote = isRemote
        self.traceState = traceState
    }

    /// The context of no span.
    public static let none = SpanContext(traceID: .none, spanID: .none, isSampled: false)

    /// Whether it names a trace and a span.
    public var isValid: Bool { traceID != .none && spanID != .none }
}
