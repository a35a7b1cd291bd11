import Reactor

/// One span that is recorded for itself.
final class SpanRecording: RecordedSpan {
    let tracer: Tracer
    private let core: SpanCore

    init(_ tracer: Tracer, _ core: consuming SpanCore) {
        self.tracer = tracer
        self.core = core
    }

    deinit {
        // Nobody can end it any more: what waits for it goes, or trace and spans would hold each other for ever.
        if isLocalRoot, let trace { tracer.abandon(trace) }
    }

    var trace: LocalTrace? { core.origin.trace }
    var isLocalRoot: Bool { core.origin.isLocalRoot }
    var outcome: (name: String, isError: Bool) { core.outcome }
    var data: SpanData { core.data(tracer.limits) { _ in } }

    func change(_ body: (inout SpanContent, SpanLimits) -> Void) { core.change(tracer.limits, body) }
    func finish(at end: MonotonicInstant) -> Bool { core.finish(at: end) }
    func write(to writer: inout SpanWriter) { core.write(to: &writer, tracer.limits) { _ in } }
}
