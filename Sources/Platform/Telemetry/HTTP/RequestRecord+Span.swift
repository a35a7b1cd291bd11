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

    var data: SpanData {
        let (texts, end) = notes.withLock { ($0.texts, $0.end) }
        let limits = tracer.limits
        return core.data { content in
            content.prepend(attributes(texts, room: content.attributes.count), limits)
            guard let end else { return }
            content.set(.httpResponseStatusCode, .int(Int(end.status.code)), limits)
            guard let error = HTTPServerDurations.errorType(of: end) else { return }
            content.set(.errorType, .string(error), limits)
        }
    }

    /// What each request has, with room for so many more and for what its end adds.
    private func attributes(_ texts: RequestTexts, room: Int) -> Attributes {
        let common = route.attributes.list
        var list: [Attribute] = []
        list.reserveCapacity(common.count + 5 + room)
        list += common
        list.append(Attribute(.urlPath, .string(texts.path)))
        if let client { list.append(Attribute(.clientAddress, .string(client.host))) }
        if let agent = texts.userAgent {
            list.append(Attribute(.userAgentOriginal, .string(String(decoding: agent, as: UTF8.self))))
        }
        return Attributes(list)
    }
}
