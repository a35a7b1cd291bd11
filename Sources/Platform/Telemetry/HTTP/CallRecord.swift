package import HTTP
import Reactor
import Synchronization

/// What is called, as its span says it (OpenTelemetry, "HTTP client span").
package struct HTTPCall: Sendable {
    /// The span's name.
    let name: String
    /// What calls of its route have in common, and what those to its instance do.
    let (route, instance): (SharedAttributes, SharedAttributes)
    /// The URL without its query: what stands before the path, and the path.
    let origin: String
    var path: ArraySlice<UInt8>
    /// Which attempt it is, counted from 0.
    let resend: Int

    /// Puts the parts together.
    package init(
        _ name: String,
        _ route: SharedAttributes,
        to instance: SharedAttributes,
        url: (origin: String, path: ArraySlice<UInt8>),
        resend: Int
    ) {
        self.name = name
        (self.route, self.instance) = (route, instance)
        (origin, path) = url
        self.resend = resend
    }
}

/// A call's span, and what it is told beside what any span is.
package struct CallSpan: Sendable {
    /// The span.
    package let span: TraceSpan
    /// Its recording; nil for one that is not recorded.
    package let record: CallRecord?
}

/// One call while it lasts. It is its own span's recording, and what every call's span says is made when it is written
/// down.
package final class CallRecord: Sendable {
    let tracer: Tracer
    private let core: SpanCore
    private let call: HTTPCall
    /// 0 as long as there is no answer.
    private let status = Atomic<Int>(0)

    init(_ tracer: Tracer, _ origin: SpanOrigin, at start: MonotonicInstant, _ call: HTTPCall) {
        var call = call
        call.path = tracer.limits.trimmed(call.path)
        self.tracer = tracer
        self.call = call
        core = SpanCore(origin, .client, at: start, SpanContent(name: call.name))
    }

    deinit {
        // Nobody can end its span any more; see SpanRecording.
        if isLocalRoot, let trace { tracer.abandon(trace) }
    }

    /// The head of an answer came.
    package func answered(_ status: HTTPStatus) {
        self.status.store(Int(status.code), ordering: .relaxed)
        let outcome = SpanStatus.client(status)
        if outcome != .unset { change { content, _ in content.set(outcome) } }
    }
}

extension CallRecord: RecordedSpan {
    var trace: LocalTrace? { core.origin.trace }
    var isLocalRoot: Bool { core.origin.isLocalRoot }
    var outcome: (name: String, isError: Bool) { core.outcome }
    var data: SpanData { core.data(tracer.limits) { derive(into: &$0) } }

    func change(_ body: (inout SpanContent, SpanLimits) -> Void) { core.change(tracer.limits, body) }
    func finish(at end: MonotonicInstant) -> Bool { core.finish(at: end) }
    func write(to writer: inout SpanWriter) { core.write(to: &writer, tracer.limits) { derive(into: &$0) } }

    private func derive(into sink: inout some AttributeSink) {
        let path = call.path
        sink.add(call.route)
        sink.add(call.instance)
        sink.add(.urlFull, call.origin, path.span)
        if call.resend > 0 { sink.add(.httpRequestResendCount, call.resend) }
        let status = status.load(ordering: .relaxed)
        if status > 0 { sink.add(.httpResponseStatusCode, status) }
    }
}
