/// What is decided of a span when it begins.
struct SpanOrigin: Sendable {
    /// Its ids.
    let context: SpanContext
    /// The span it is a part of; nil for the first one of its trace.
    let parent: SpanID?
    /// Whether ``parent`` is in another process.
    let isParentRemote: Bool
    /// Where the trace's spans of this process wait; nil when it was sampled from the beginning.
    let trace: LocalTrace?
    /// Whether it is recorded, at least for now.
    let isRecorded: Bool

    /// Of no span.
    static let none = SpanOrigin(.none, below: nil, trace: nil, isRecorded: false)

    init(_ context: SpanContext, below parent: SpanContext?, trace: LocalTrace?, isRecorded: Bool) {
        self.context = context
        self.parent = parent?.spanID
        isParentRemote = parent?.isRemote ?? false
        self.trace = trace
        self.isRecorded = isRecorded
    }

    /// Whether it is the first span of its trace in this process.
    var isLocalRoot: Bool { parent == nil || isParentRemote }
}
