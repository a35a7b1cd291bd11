public import Reactor

/// Begins spans and hands on those that have ended. One for a process, passed on in ``Context``.
public final class Tracer: Sendable {
    /// How much a span may hold.
    public let limits: SpanLimits
    private let sampler: Sampler
    private let sink: (any SpanSink)?
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
    }

    private init() {
        (sampler, limits) = (Sampler(), SpanLimits())
        (sink, keeper) = (nil, nil)
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
        let parent = remoteParent ?? .none
        let traceID = parent.isValid ? parent.traceID : .random()
        let isSampled = parent.isValid ? parent.isSampled : sampler.isSampled(traceID)
        let context = SpanContext(
            traceID: traceID,
            spanID: .random(),
            isSampled: isSampled && sink != nil || parent.isSampled,
            traceState: parent.traceState
        )
        guard sink != nil else { return TraceSpan(context, nil) }
        let trace = isSampled ? nil : keeper?.begin(at: start)
        guard isSampled || trace != nil else { return TraceSpan(context, nil) }
        return record(context, parent, kind, name, attributes(), trace, start)
    }

    /// Begins a span below another one of this process; below none, a new trace.
    public func start(
        _ name: String,
        _ kind: SpanKind = .internal,
        parent: TraceSpan = Context.current.span,
        attributes: @autoclosure () -> Attributes = Attributes(),
        at start: MonotonicInstant = .now
    ) -> TraceSpan {
        guard parent.context.isValid else {
            return self.start(name, kind, remoteParent: nil, attributes: attributes(), at: start)
        }
        let context = SpanContext(
            traceID: parent.context.traceID,
            spanID: .random(),
            isSampled: parent.context.isSampled,
            traceState: parent.context.traceState
        )
        guard let above = parent.recording else { return TraceSpan(context, nil) }
        return record(context, parent.context, kind, name, attributes(), above.trace, start)
    }

    private func record(
        _ context: SpanContext,
        _ parent: SpanContext,
        _ kind: SpanKind,
        _ name: String,
        _ attributes: Attributes,
        _ trace: LocalTrace?,
        _ start: MonotonicInstant
    ) -> TraceSpan {
        let recording = SpanRecording(
            context,
            parent: parent,
            kind: kind,
            start: start,
            tracer: self,
            trace: trace,
            content: SpanContent(name: name, attributes, limits)
        )
        return TraceSpan(context, recording)
    }

    func finished(_ recording: SpanRecording, at time: MonotonicInstant) {
        guard let sink else { return }
        guard let trace = recording.trace, let keeper else { return sink.accept(EndedSpan(recording)) }
        keeper.ended(recording, of: trace, at: time, sink)
    }

    /// Decides on a trace whose status is known though its first span goes on; see ``TraceSpan/settle(at:)``.
    func settle(_ recording: SpanRecording, at time: MonotonicInstant) -> Bool {
        guard let sink, let keeper, let trace = recording.trace else { return false }
        return keeper.settle(recording, of: trace, at: time, sink)
    }

    /// The first span of a trace was let go of; nothing happens when it had ended.
    func abandon(_ trace: LocalTrace) { keeper?.drop(trace) }

    /// Keeps a trace because another process does.
    func keep(_ recording: SpanRecording) {
        guard let sink, let keeper, let trace = recording.trace else { return }
        keeper.keep(trace, sink)
    }
}
