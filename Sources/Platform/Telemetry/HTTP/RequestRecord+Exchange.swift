public import HTTP
import Reactor
import Synchronization

/// What the server asks and tells while it sends the answer.
extension RequestRecord: HTTPExchangeObserver {
    private static let idLine = Array("\(RequestID.header): ".utf8)
    private static let markLine = Array("\(KeepMark.name): 1\r\n".utf8)
    private static let traceLine = Array("\(Propagation.traceresponse): ".utf8)

    private var tellsTrace: Bool { telemetry.settings.tellsTrace && core.origin.context.isValid }

    /// Enough for the three lines below, a request's name of ``RequestID/byteLimit`` bytes included.
    public var fieldByteCount: Int { 256 }

    /// The request's name; that its trace is kept; which one it is.
    public func appendFields(to head: inout OutputSpan<UInt8>) {
        head.append(Self.idLine)
        requestID.append(to: &head)
        head.append("\r\n")
        if isMarked.load(ordering: .relaxed) { head.append(Self.markLine) }
        guard tellsTrace else { return }
        head.append(Self.traceLine)
        Traceparent.append(core.origin.context, isSampled: isSampled, to: &head)
        head.append("\r\n")
    }

    /// Takes out what a handler set of the fields that are added, for example what another service answered.
    func makeRoom(in fields: inout HTTPFields) {
        var isFound = false
        fields.forEachField { _, name, _ in
            switch name.count {
            case 12:
                isFound =
                    isFound || HTTPFields.isName(name, "x-request-id")
                    || HTTPFields.isName(name, "x-trace-keep")
            case 13: isFound = isFound || HTTPFields.isName(name, "traceresponse")
            default: break
            }
        }
        guard isFound else { return }
        fields.remove(RequestID.header)
        if isMarked.load(ordering: .relaxed) { fields.remove(KeepMark.name) }
        if tellsTrace { fields.remove(Propagation.traceresponse) }
    }

    /// Ends the span, measures, and writes the line.
    public func exchangeEnded(_ end: HTTPExchangeEnd) {
        let now = MonotonicInstant.now
        let nanoseconds = now.nanoseconds - core.start.nanoseconds
        let (texts, details) = notes.withLock { notes in
            notes.end = end
            return (notes.texts, notes.details)
        }
        if !route.isQuiet, let log = telemetry.settings.accessLog {
            log.access(self, RequestEnd(end: end, nanoseconds: nanoseconds, texts: texts, details: details))
        }
        if core.origin.isRecorded {
            if texts.isLong { notes.withLock { $0.texts.trim(tracer.limits) } }
            finishSpan(end, at: now)
        }
        let exemplar = isSampled ? Exemplar(traceID: core.origin.context.traceID.value, time: now) : nil
        telemetry.ended(self, end, after: nanoseconds, exemplar)
    }

    /// Whether the trace is recorded, perhaps only by now; see ``TraceSpan/propagated``.
    private var isSampled: Bool { core.origin.context.isSampled || trace?.isKept ?? false }

    private func finishSpan(_ end: HTTPExchangeEnd, at now: MonotonicInstant) {
        if let type = HTTPServerDurations.errorType(of: end) { span.set(.errorType, .string(type)) }
        if Self.isOurFault(end) { span.setStatus(.error("")) }
        if finish(at: now) { tracer.finished(self, at: now) }
    }

    /// A client that left or sent what may not be is no error of the server (OpenTelemetry, "HTTP spans", status).
    private static func isOurFault(_ end: HTTPExchangeEnd) -> Bool {
        switch end.outcome {
        case .sent, .refused: end.status.code >= 500
        case .clientLeft: false
        case .timedOut, .contentFailed, .writeTimedOut: true
        }
    }

    /// Its line in the access log.
    func line(_ end: RequestEnd) -> AccessRecord {
        var line = AccessRecord(
            method,
            route: route.template,
            status: end.end.status,
            nanoseconds: end.nanoseconds,
            byteCounts: (end.end.receivedByteCount, end.end.sentByteCount),
            span: core.origin.context,
            requestID: requestID
        )
        line.client = client
        line.userAgent = end.texts.userAgent
        let known = end.details
        (line.subject, line.upstream) = (known.subject, known.upstream)
        (line.attempts, line.overheadMicroseconds) = (known.attempts, known.overhead)
        return line
    }
}
