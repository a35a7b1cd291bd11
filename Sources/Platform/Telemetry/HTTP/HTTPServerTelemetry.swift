public import HTTP
public import Reactor

/// Measures, traces and logs what a server answers, with the names of OpenTelemetry's semantic conventions.
///
/// One for a server. Each request has a span (but on quiet routes), counts in `http_server_active_requests` while it
/// lasts, and in `http_server_request_duration_seconds` and the access log when it has ended, however that came: sent,
/// cut, timed out, its client gone.
public final class HTTPServerTelemetry: Sendable {
    /// Whom it tells, and what it believes.
    public struct Settings: Sendable {
        /// Begins the spans. Default: none is recorded.
        public var tracer = Tracer.disabled
        /// Takes the access log; nil for none.
        public var accessLog: LogOutput?
        /// What handlers find in their context, and where failed ones are reported.
        public var logger = Logger.silent
        /// Which headers name a caller's span.
        public var format = Propagation.Format.w3c
        /// Whether answers tell their trace in `traceresponse`: at the edge, where clients began none.
        public var tellsTrace = false

        /// Takes the defaults.
        public init() {}
    }

    let settings: Settings
    private let durations: HTTPServerDurations
    private let active: [UpDownCounter]
    private let refusals: MetricFamily<Counter>

    /// Declares the metrics of a server with these routes.
    ///
    /// - Throws: ``MetricError`` when they are declared already.
    public init(
        _ registry: MetricRegistry,
        routes: [HTTPRouteName] = [],
        settings: Settings = Settings()
    ) throws(MetricError) {
        self.settings = settings
        durations = HTTPServerDurations(
            try registry.declare(StandardMetrics.httpServerRequestDuration),
            routes: routes
        )
        let active = try registry.declare(StandardMetrics.httpServerActiveRequests)
        var counters: [UpDownCounter] = []
        for method in MethodLabel.all { counters.append(try active.with(method, HTTPServerDurations.scheme)) }
        self.active = counters
        refusals = try registry.declare(StandardMetrics.httpServerRefusals)
    }

    /// Has a request answered in a context of its own.
    ///
    /// - Parameters:
    ///   - request: what came.
    ///   - route: its route's index among those given at the beginning; nil for none.
    ///   - limit: how long it may take: its context's deadline; nil for as long as it likes.
    ///   - answer: answers it. What it throws becomes an answer, as the server does it: a ``ProblemDetails`` as it is,
    ///     all else 500 without detail.
    /// - Returns: the answer, whose end will be measured.
    public func respond(
        to request: HTTPRequest,
        route: Int?,
        within limit: Duration? = nil,
        _ answer: () async throws -> HTTPResponse
    ) async -> HTTPResponse {
        await respond(to: request, on: durations.series(route), within: limit, answer)
    }

    /// What is told of a route that was not known at the beginning; to be kept with the route.
    public func series(_ template: String, isQuiet: Bool = false) -> HTTPRouteSeries {
        durations.series(template, isQuiet: isQuiet)
    }

    /// The same for a route of ``series(_:isQuiet:)``, nil for none; `start` is when the request came.
    public func respond(
        to request: HTTPRequest,
        on route: HTTPRouteSeries?,
        at start: MonotonicInstant = .now,
        within limit: Duration? = nil,
        _ answer: () async throws -> HTTPResponse
    ) async -> HTTPResponse {
        let label = MethodLabel(request.head.method)
        let fields = IncomingFields(request.head.fields, settings.format)
        let record = RequestRecord(self, request, fields, (route ?? durations.series(nil))[label], at: start)
        active[label.index].add(1)
        let context = record.context(limit.map { start + $0 } ?? .distantFuture, fields.baggage)
        var response: HTTPResponse
        do {
            response = try await Context.with(context) { try await answer() }
        } catch {
            response = record.response(to: error, in: context)
        }
        record.answered(&response)
        return response
    }

    /// Counts and logs what the server refused, without a byte of it; for `HTTPServerSettings.report`.
    public func note(_ event: HTTPServerEvent) {
        switch event {
        case .refused(let error, let status):
            (try? refusals.with(error.reason.rawValue))?.add()
            settings.logger.info(
                "message refused",
                [
                    "reason": .string(error.reason.rawValue), "offset": .int(error.offset),
                    "status": .int(Int(status.code)),
                ]
            )
        case .handlerFailed(let reason): settings.logger.error("handler failed", ["reason": .string(reason)])
        case .contentFailed(let reason): settings.logger.warning("answer cut", ["reason": .string(reason)])
        case .connectionDropped(let reason):
            settings.logger.warning("connection dropped", ["reason": .string(reason)])
        case .acceptPaused(let reason):
            settings.logger.warning("accepting pauses", ["reason": .string(reason)])
        }
    }

    func ended(
        _ record: RequestRecord,
        _ end: HTTPExchangeEnd,
        after nanoseconds: Int64,
        _ exemplar: Exemplar?
    ) {
        active[record.label.index].add(-1)
        durations[record.route, record.label, end].record(Double(nanoseconds) / 1e9, exemplar: exemplar)
    }
}
