import Reactor
import Synchronization

/// One span while it is recorded; shared by all who hold it, on any thread.
final class SpanRecording: Sendable {
    private struct State {
        var content: SpanContent
        var end: MonotonicInstant?
    }

    let context: SpanContext
    let parent: SpanContext
    let kind: SpanKind
    let start: MonotonicInstant
    let tracer: Tracer
    /// Where the trace's spans of this process wait; nil when it was sampled from the beginning.
    let trace: LocalTrace?
    private let state: Mutex<State>

    init(
        _ context: SpanContext,
        parent: SpanContext,
        kind: SpanKind,
        start: MonotonicInstant,
        tracer: Tracer,
        trace: LocalTrace?,
        content: consuming SpanContent
    ) {
        self.context = context
        self.parent = parent
        self.kind = kind
        self.start = start
        self.tracer = tracer
        self.trace = trace
        state = Mutex(State(content: content, end: nil))
    }

    deinit {
        // Nobody can end it any more: what waits for it goes, or trace and spans would hold each other for ever.
        if isLocalRoot, let trace { tracer.abandon(trace) }
    }

    /// Whether it is the first span of its trace in this process.
    var isLocalRoot: Bool { !parent.isValid || parent.isRemote }

    /// Changes the content unless the span has ended.
    func change(_ body: (inout SpanContent, SpanLimits) -> Void) {
        state.withLock { state in
            guard state.end == nil else { return }
            body(&state.content, tracer.limits)
        }
    }

    /// Ends it; false when it has ended before.
    func finish(at end: MonotonicInstant) -> Bool {
        state.withLock { state in
            guard state.end == nil else { return false }
            state.end = max(end, start)
            return true
        }
    }

    /// The name and how the work ended so far.
    var outcome: (name: String, isError: Bool) {
        state.withLock { ($0.content.name, $0.content.status.isError) }
    }

    var data: SpanData {
        let (content, end) = state.withLock { ($0.content, $0.end) }
        return SpanData(
            context: context,
            parent: parent.isValid ? parent.spanID : nil,
            isParentRemote: parent.isRemote,
            kind: kind,
            start: start,
            end: end,
            content: content
        )
    }
}
