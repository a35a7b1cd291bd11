public import Reactor

/// What a ``Context`` holds; the defaults never end, record nothing and log nothing.
public struct ContextValues: Sendable {
    /// When the request's answer is no use any more; by default never.
    public var deadline: MonotonicInstant
    /// The current span.
    public var span: TraceSpan
    /// The application's names and values that travel on.
    public var baggage: Baggage
    /// Who the request acts for; nil for nobody.
    public var principal: Principal?
    /// The request's name in all logs; nil outside of a request.
    public var requestID: RequestID?
    /// The request being answered, for what others know of it; nil outside of one.
    public var record: RequestRecord?
    /// Where to log.
    public var logger: Logger
    /// What begins spans.
    public var tracer: Tracer

    /// Takes the defaults.
    public init() {
        deadline = .distantFuture
        span = .none
        baggage = Baggage()
        logger = .silent
        tracer = .disabled
    }

    /// What a request has at its beginning.
    init(of record: RequestRecord, until deadline: MonotonicInstant, _ baggage: Baggage) {
        self.deadline = deadline
        span = record.span
        self.baggage = baggage
        requestID = record.requestID
        self.record = record
        logger = record.telemetry.settings.logger
        tracer = record.tracer
    }
}
