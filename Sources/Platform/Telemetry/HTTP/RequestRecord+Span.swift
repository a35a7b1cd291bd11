import HTTP
import Reactor
import Synchronization

/// The span that it records. Handlers' attributes are stored as they come; those that each request has are derived here,
/// for who reads the span: an exporter on its blocking pool.
extension RequestRecord: RecordedSpan {
    var tracer: Tracer { telemetry.settings.tracer }
    var trace: LocalTrace? { core.origin.trace }
    var isLocalRoot: Bool { core.origin.isLocalRoot }
    var outcome: (name: String, isError: Bool) { core.outcome }

    func change(_ body: (inout SpanContent, SpanLimits) -> Void) { core.change(tracer.limits, body) }
    func finish(at end: MonotonicInstant) -> Bool { core.finish(at: end) }

    var data: SpanData {
        let (texts, end) = notes.withLock { ($0.texts, $0.end) }
        return core.data { content in
            var content = content.placed(behind: attributes(texts), tracer.limits)
            guard let end else { return content }
            content.set(.httpResponseStatusCode, .int(Int(end.status.code)), tracer.limits)
            guard let error = HTTPServerDurations.errorType(of: end) else { return content }
            content.set(.errorType, .string(error), tracer.limits)
            return content
        }
    }

    private func attributes(_ texts: RequestTexts) -> Attributes {
        var attributes = route.attributes
        attributes.append(.urlPath, .string(texts.path))
        if let client { attributes.append(.clientAddress, .string(client.host)) }
        if let agent = texts.userAgent {
            attributes.append(.userAgentOriginal, .string(String(decoding: agent, as: UTF8.self)))
        }
        return attributes
    }
}
