import Reactor
import Synchronization

/// What each recorded span has, as a part of the object that keeps it.
struct SpanCore: ~Copyable, Sendable {
    // Not private: in a debug build Swift 6.3.1 could not find its metadata where the core is a part of a class in another
    // file.
    struct State {
        var content: SpanContent
        var end: MonotonicInstant?
    }

    let origin: SpanOrigin
    let kind: SpanKind
    let start: MonotonicInstant
    private let state: Mutex<State>

    init(_ origin: SpanOrigin, _ kind: SpanKind, at start: MonotonicInstant, _ content: SpanContent) {
        self.origin = origin
        self.kind = kind
        self.start = start
        state = Mutex(State(content: content, end: nil))
    }

    /// Changes the content unless the span has ended.
    func change(_ limits: SpanLimits, _ body: (inout SpanContent, SpanLimits) -> Void) {
        state.withLock { state in
            guard state.end == nil else { return }
            body(&state.content, limits)
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

    /// All that was recorded, with the attributes that `derive` adds.
    func data(_ limits: SpanLimits, _ derive: (inout AttributeList) -> Void) -> SpanData {
        var (content, end) = state.withLock { ($0.content, $0.end) }
        var derived = AttributeList()
        derive(&derived)
        content.prepend(derived.list, limits)
        return SpanData(
            context: origin.context,
            parent: origin.parent,
            isParentRemote: origin.isParentRemote,
            kind: kind,
            start: start,
            end: end,
            content: content
        )
    }

    /// Writes the same.
    func write(to writer: inout SpanWriter, _ limits: SpanLimits, _ derive: (inout SpanWriter) -> Void) {
        state.withLock { writer.append(self, $0.end, $0.content, limits, derive) }
    }
}
