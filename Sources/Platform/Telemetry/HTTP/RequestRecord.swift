public import HTTP
import Reactor
import Synchronization

/// One request while it is answered: its span, and what its line in the access log will say.
///
/// Made by ``HTTPServerTelemetry``, found in ``Context/record`` by those who know more of the request.
public final class RequestRecord: HTTPExchangeObserver {
    private struct Notes {
        var subject: String?
        var upstream: String?
        var attempts: Int?
        var overhead: Int?
    }

    let method: MethodLabel
    let route: HTTPServerDurations.Route
    private let telemetry: HTTPServerTelemetry
    private let head: HTTPRequestHead
    private let client: SocketAddress?
    private let start: MonotonicInstant
    private let span: TraceSpan
    private let requestID: RequestID
    private let notes = Mutex(Notes())

    init(
        _ telemetry: HTTPServerTelemetry,
        _ request: HTTPRequest,
        _ route: HTTPServerDurations.Route,
        at start: MonotonicInstant
    ) {
        self.telemetry = telemetry
        self.route = route
        self.start = start
        head = request.head
        client = request.remoteAddress
        method = MethodLabel(request.head.method)
        requestID = RequestID(from: request.head.fields)
        let settings = telemetry.settings
        let parent = Propagation.extract(from: request.head.fields, format: settings.format)
        span =
            route.isQuiet
            ? .none
            : settings.tracer.start(
                route.spanName,
                .server,
                remoteParent: parent,
                attributes: Self.attributes(request, route),
                at: start
            )
    }

    private static func attributes(
        _ request: HTTPRequest,
        _ route: HTTPServerDurations.Route
    ) -> Attributes {
        var attributes = route.attributes
        attributes.append(.urlPath, .string(request.head.path))
        if let client = request.remoteAddress { attributes.append(.clientAddress, .string(client.host)) }
        if let agent = request.head.fields["user-agent"] {
            attributes.append(.userAgentOriginal, .string(agent))
        }
        return attributes
    }

    // MARK: What others know

    /// Says who the request acts for, once that is known.
    public func setSubject(_ subject: String) { notes.withLock { $0.subject = subject } }

    /// Says who answered at a gateway, how many calls that took, and what the gateway took itself.
    public func setUpstream(_ instance: String, attempts: Int, overhead: Duration) {
        notes.withLock {
            ($0.upstream, $0.attempts) = (instance, attempts)
            $0.overhead = Int(overhead.nanoseconds / 1000)
        }
    }

    // MARK: From begin to end

    /// What the handler works in.
    func context(_ deadline: MonotonicInstant, _ fields: HTTPFields) -> Context {
        var values = ContextValues()
        values.deadline = deadline
        values.span = span
        values.baggage = Propagation.extractBaggage(from: fields)
        values.requestID = requestID
        values.logger = telemetry.settings.logger
        values.tracer = telemetry.settings.tracer
        values.record = self
        return Context(values)
    }

    /// What a handler threw, as an answer. What is nobody's plan is reported with its trace; the client is told nothing
    /// of it.
    func response(to error: any Error, in context: Context) -> HTTPResponse {
        if let problem = (error as? any ProblemConvertible)?.problem { return self.response(to: problem) }
        switch error {
        case is CancellationError, is HTTPConnectionError, is HTTPProtocolError: break
        default:
            guard !Task.isCancelled else { break }
            span.record(error)
            Context.with(context) {
                context.logger.error("handler failed", [.exceptionMessage: .string("\(error)")])
            }
        }
        return self.response(to: ProblemDetails(.internalServerError, reason: "internal_error"))
    }

    private func response(to problem: ProblemDetails) -> HTTPResponse {
        var problem = problem
        problem.instance = problem.instance ?? head.path
        if problem.traceID == nil, span.context.isValid { problem.traceID = "\(span.context.traceID)" }
        return problem.response()
    }

    /// The answer is known and not sent yet.
    func answered(_ response: inout HTTPResponse) {
        response.observer = self
        response.head.fields.set(RequestID.header, bytes: requestID.bytes)
        guard !route.isQuiet else { return }
        if span.isRecording { span.setStatus(.server(response.head.status)) }
        if span.settle() { KeepMark.set(in: &response.head.fields) }
        if telemetry.settings.tellsTrace, span.context.isValid {
            response.head.fields.set(Propagation.traceresponse, bytes: Traceparent.format(span.propagated))
        }
    }

    /// Ends the span, measures, and writes the line.
    public func exchangeEnded(_ end: HTTPExchangeEnd) {
        let now = MonotonicInstant.now
        finishSpan(end, at: now)
        let context = span.propagated
        let exemplar = context.isSampled ? Exemplar(traceID: context.traceID.value, time: now) : nil
        telemetry.ended(self, end, after: now - start, exemplar)
        if !route.isQuiet, let log = telemetry.settings.accessLog { log.access(line(end, at: now)) }
    }

    private func finishSpan(_ end: HTTPExchangeEnd, at now: MonotonicInstant) {
        guard span.isRecording else { return }
        let error = HTTPServerDurations.errorType(of: end)
        span.set(.httpResponseStatusCode, .int(Int(end.status.code)))
        if let error { span.set(.errorType, .string(error)) }
        if Self.isOurFault(end) { span.setStatus(.error("")) }
        span.end(at: now)
    }

    /// A client that left or sent what may not be is no error of the server (OpenTelemetry, "HTTP spans", status).
    private static func isOurFault(_ end: HTTPExchangeEnd) -> Bool {
        switch end.outcome {
        case .sent, .refused: end.status.code >= 500
        case .clientLeft: false
        case .timedOut, .contentFailed, .writeTimedOut: true
        }
    }

    private func line(_ end: HTTPExchangeEnd, at now: MonotonicInstant) -> AccessRecord {
        var line = AccessRecord(
            head.method,
            route: route.template,
            status: end.status,
            nanoseconds: (now - start).nanoseconds,
            byteCounts: (end.receivedByteCount, end.sentByteCount),
            span: span.context,
            requestID: requestID
        )
        line.client = client
        line.userAgent = head.fields.value(of: "user-agent")
        let notes = notes.withLock { $0 }
        (line.subject, line.upstream) = (notes.subject, notes.upstream)
        (line.attempts, line.overheadMicroseconds) = (notes.attempts, notes.overhead)
        return line
    }
}
