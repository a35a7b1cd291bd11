public import Reactor

/// Begins spans and hands on those that have ended. One for a process, passed on in ``Context``.
public final class Tracer: Sendable {
    /// How much a span may hold.
    public let limits: SpanLimits
    private let sampler: Sampler
    private let sink: any SpanSink
    /// Whether spans are recorded at all: asked with each span, and a reference to a sink costs a count each time.
    private let isRecording: Bool
    private let keeper: TailKeeper?

    /// Makes a tracer.
    ///
    /// - Parameters:
    ///   - sampler: decides for traces that begin here.
    ///   - limits: how much a span may hold.
    ///   - keeper: records the other traces too, for as long as it takes to see whether they are worth keeping; nil
    ///     for none of it.
    ///   - sink: takes the spans that have ended.
    public init(
        sampler: Sampler = Sampler(),
        limits: SpanLimits = SpanLimits(),
        keeper: TailKeeper? = nil,
        sink: any SpanSink
    ) {
        self.sampler = sampler
        self.limits = limits
        self.sink = sink
        self.keeper = keeper
        isRecording = true
    }

    private init() {
        (sampler, limits) = (Sampler(), SpanLimits())
        (sink, keeper) = (NoSink(), nil)
        isRecording = false
    }

    private struct NoSink: SpanSink {
        func accept(_ span: EndedSpan) {}
    }

    /// One that records nothing and still gives ids to pass on.
    public static let disabled = Tracer()

    /// Begins a span in the trace of a caller in another process, or a new trace without one.
    public func start(
        _ name: String,
        _ kind: SpanKind = .server,
        remoteParent: SpanContext?,
        attributes: @autoclosure () -> Attributes = Attributes(),
        at start: MonotonicInstant = .now
    ) -> TraceSpan {
        let origin = begin(below: remoteParent, at: start)
        guard origin.isRecorded else { return TraceSpan(origin.context, nil) }
        return record(origin, kind, name, attributes(), start)
    }

    /// Decides on a span in the trace of a caller in another process, or of a new trace without one.
    func begin(below caller: SpanContext?, at start: MonotonicInstant) -> SpanOrigin {
        let parent = caller.flatMap { $0.isValid ? $0 : nil }
        let traceID = parent?.traceID ?? .random()
        let isSampled = parent?.isSampled ?? sampler.isSampled(traceID)
        let context = SpanContext(
            traceID: traceID,
            spanID: .random(),
            isSampled: isSampled && isRecording || parent?.isSampled ?? false,
            traceState: parent?.traceState ?? TraceState()
        )
        let trace = isSampled || !isRecording ? nil : keeper?.begin(at: start)
        let isRecorded = isRecording && (isSampled || trace != nil)
        return SpanOrigin(context, below: parent, trace: trace, isRecorded: isRecorded)
    }

    /// Begins a span below another one of this process; below none, a new trace.
    public func start(
        _ name: String,
        _ kind: SpanKind = .internal,
        parent: TraceSpan = Context.current.span,
        attributes: @autoclosure () -> Attributes = Attributes(),
        at start: MonotonicInstant = .now
    ) -> TraceSpan {
        let origin = begin(below: parent, at: start)
        guard origin.isRecorded else { return TraceSpan(origin.context, nil) }
        return record(origin, kind, name, attributes(), start)
    }

    /// Begins a call's span below another one of this process; below none, a new trace.
    package func start(
        _ call: @autoclosure () -> HTTPCall,
        parent: TraceSpan,
        at start: MonotonicInstant
    ) -> CallSpan {
        let origin = begin(below: parent, at: start)
        let record = origin.isRecorded ? CallRecord(self, origin, at: start, call()) : nil
        return CallSpan(span: TraceSpan(origin.context, record), record: record)
    }

    /// Decides on a span below another one of this process; below none, on a new trace.
    private func begin(below parent: TraceSpan, at start: MonotonicInstant) -> SpanOrigin {
        guard parent.context.isValid else { return begin(below: nil, at: start) }
        let context = SpanContext(
            traceID: parent.context.traceID,
            spanID: .random(),
            isSampled: parent.context.isSampled,
            traceState: parent.context.traceState
        )
        return SpanOrigin(
            context,
            below: parent.context,
            trace: parent.recording?.trace,
            isRecorded: parent.isRecording
        )
    }

    private func record(
        _ origin: SpanOrigin,
        _ kind: SpanKind,
        _ name: String,
        _ attributes: Attributes,
        _ start: MonotonicInstant
    ) -> TraceSpan {
        let content = SpanContent(name: name, attributes, limits)
        return TraceSpan(origin.context, SpanRecording(self, SpanCore(origin, kind, at: start, content)))
    }

    func finished(_ recording: any RecordedSpan, at time: MonotonicInstant) {
        guard let keeper, let trace = recording.trace else { return sink.accept(EndedSpan(recording)) }
        keeper.ended(recording, of: trace, at: time, sink)
    }

    /// Decides on a trace whose status is known though its first span goes on; see ``TraceSpan/settle(at:)``.
    func settle(_ recording: any RecordedSpan, at time: MonotonicInstant) -> Bool {
        guard let keeper, let trace = recording.trace else { return false }
        return keeper.settle(recording, of: trace, at: time, sink)
    }

    /// The first span of a trace was let go of; nothing happens when it had ended.
    func abandon(_ trace: LocalTrace) { keeper?.drop(trace) }

    /// Keeps a trace because another process does.
    func keep(_ recording: any RecordedSpan) {
        guard let keeper, let trace = recording.trace else { return }
        keeper.keep(trace, sink)
    }
}
