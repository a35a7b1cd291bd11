import HTTP
import Reactor
import Synchronization

/// The span that it records. Handlers' attributes are stored as they come; those that each request has are derived here,
/// for who reads the span: whoever writes it down.
extension RequestRecord: RecordedSpan {
    var tracer: Tracer { telemetry.settings.tracer }
    var trace: LocalTrace? { core.origin.trace }
    var isLocalRoot: Bool { core.origin.isLocalRoot }
    var outcome: (name: String, isError: Bool) { core.outcome }

    func change(_ body: (inout SpanContent, SpanLimits) -> Void) { core.change(tracer.limits, body) }
    func finish(at end: MonotonicInstant) -> Bool { core.finish(at: end) }

    var data: SpanData { core.data(tracer.limits) { derive(into: &$0) } }
    func write(to writer: inout SpanWriter) { core.write(to: &writer, tracer.limits) { derive(into: &$0) } }

    /// What each request has.
    private func derive(into sink: inout some AttributeSink) {
        let (texts, end) = notes.withLock { ($0.texts, $0.end) }
        sink.add(route.attributes)
        sink.add(.urlPath, "", texts.path.span)
        if let client { sink.add(.clientAddress, client.host) }
        if let agent = texts.userAgent { sink.add(.userAgentOriginal, "", agent.span) }
        if let end { sink.add(.httpResponseStatusCode, Int(end.status.code)) }
    }
}
