import HTTP
import Reactor
import Synchronization

/// One request while it is answered: its span, and what its line in the access log will say.
///
/// Made by ``HTTPServerTelemetry``, found in ``Context/record`` by those who know more of the request. It is its own
/// span's recording, so that one allocation keeps both; what every request's span says is made when it is written down.
public final class RequestRecord: Sendable {
    struct Notes {
        var texts: RequestTexts
        var end: HTTPExchangeEnd?
        /// Empty as long as nobody knows more, as is usual.
        var details = RequestDetails()
    }

    let telemetry: HTTPServerTelemetry
    let method: HTTPMethod
    let label: MethodLabel
    let route: HTTPServerDurations.Route
    let client: SocketAddress?
    let requestID: RequestID
    let core: SpanCore
    let notes: Mutex<Notes>
    /// Whether the answer tells that the trace is kept after all.
    let isMarked = Atomic<Bool>(false)

    /// Begins the request's span, of what was read of its fields.
    init(
        _ telemetry: HTTPServerTelemetry,
        _ request: borrowing HTTPRequest,
        _ fields: borrowing IncomingFields,
        _ route: HTTPServerDurations.Route,
        at start: MonotonicInstant
    ) {
        self.telemetry = telemetry
        self.route = route
        method = request.head.method
        label = MethodLabel(request.head.method)
        client = request.remoteAddress
        requestID = fields.requestID ?? .random()
        let tracer = telemetry.settings.tracer
        let origin = route.isQuiet ? .none : tracer.begin(below: fields.caller, at: start)
        core = SpanCore(origin, .server, at: start, SpanContent(name: route.spanName))
        notes = Mutex(Notes(texts: RequestTexts(request.head, userAgent: fields.userAgent)))
    }

    deinit {
        // Nobody can end its span any more; see SpanRecording.
        if isLocalRoot, let trace { tracer.abandon(trace) }
    }

    /// The request's span.
    var span: TraceSpan { TraceSpan(core.origin.context, core.origin.isRecorded ? self : nil) }

    // MARK: What others know

    /// Says who the request acts for, once that is known.
    public func setSubject(_ subject: String) { change { $0.subject = subject } }

    /// Says who answered at a gateway, how many calls that took, what the gateway took itself, and for whom, where that is
    /// known.
    public func setUpstream(
        _ instance: String?,
        attempts: Int,
        overheadNanoseconds: Int64,
        subject: String? = nil
    ) {
        change {
            ($0.upstream, $0.attempts) = (instance, attempts)
            $0.overhead = Int(overheadNanoseconds / 1000)
            $0.subject = subject ?? $0.subject
        }
    }

    private func change(_ body: (inout RequestDetails) -> Void) { notes.withLock { body(&$0.details) } }

    // MARK: While it is answered

    /// What the handler works in.
    func context(_ deadline: MonotonicInstant, _ baggage: Baggage) -> Context {
        Context(of: self, until: deadline, baggage)
    }

    /// What a handler threw, as an answer. What is nobody's plan is reported with its trace; the client is told nothing
    /// of it.
    func response(to error: any Error, in context: Context) -> HTTPResponse {
        // Asked for by its type first: to look for a conformance costs as much as to write the answer.
        if let problem = error as? ProblemDetails { return self.response(to: problem) }
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
        return self.response(
            to: ProblemDetails(.internalServerError, reason: "internal_error", isRetryable: false)
        )
    }

    private func response(to problem: ProblemDetails) -> HTTPResponse {
        var problem = problem
        problem.instance =
            problem.instance ?? notes.withLock { String(decoding: $0.texts.path, as: UTF8.self) }
        let context = core.origin.context
        if problem.traceID == nil, context.isValid { problem.traceID = "\(context.traceID)" }
        return problem.response()
    }

    /// The answer is known and not sent yet.
    func answered(_ response: inout HTTPResponse) {
        response.observer = self
        if core.origin.isRecorded {
            if response.head.status.code >= 500 { span.setStatus(.server(response.head.status)) }
            if trace != nil, span.settle() { isMarked.store(true, ordering: .relaxed) }
        }
        makeRoom(in: &response.head.fields)
    }
}
