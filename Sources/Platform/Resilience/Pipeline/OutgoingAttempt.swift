import HTTP
import Reactor
import Telemetry

/// Sends one attempt, with its headers, its span and its measurement.
///
/// Span and measurement end with the head of the answer, as the attempt's timeout does: a content that streams for hours
/// is no slow call, and small contents come with the head anyway.
struct OutgoingAttempt {
    private let client: ServiceClient
    private let route: CallRoute
    private let context: Context
    private let deadline: Deadline
    private let method: MethodLabel

    init(
        _ client: ServiceClient,
        _ route: CallRoute,
        _ context: Context,
        _ deadline: Deadline,
        _ method: MethodLabel
    ) {
        self.client = client
        self.route = route
        self.context = context
        self.deadline = deadline
        self.method = method
    }

    /// Sends the request to the lease's instance, and tells the source how it went.
    func send(_ request: HTTPRequest, _ lease: InstanceLease, resend: Int) async -> EndedAttempt {
        let span = span(request, lease, resend)
        let result = await exchange(request, lease, span)
        let ended = client.clock()
        let attempt = classify(result, lease, at: ended)
        client.instances.record(attempt.outcome, of: lease, holdsPlace: attempt.isStreamed, at: ended)
        measure(attempt, span)
        return attempt
    }

    /// Sends a request to switch protocols to the lease's instance, and tells the source how it went; the connection
    /// where the instance switched, whose place is held.
    func upgrade(
        _ request: HTTPRequest,
        _ lease: InstanceLease,
        resend: Int
    ) async -> (attempt: EndedAttempt, connection: UpgradedConnection?) {
        let span = span(request, lease, resend)
        let (outgoing, timeouts) = prepare(request, lease, span)
        let result: Result<HTTPResponse, AttemptFailure>
        var connection: UpgradedConnection?
        do throws(AttemptFailure) {
            switch try await client.transport.upgrade(outgoing, to: lease.instance, timeouts: timeouts) {
            case .answered(let response): result = .success(response)
            case .switched(let head, let switched):
                connection = switched
                result = .success(HTTPResponse(head))
            }
        } catch {
            result = .failure(error)
        }
        let ended = client.clock()
        let attempt = classify(result, lease, at: ended)
        let holdsPlace = attempt.isStreamed || connection != nil
        client.instances.record(attempt.outcome, of: lease, holdsPlace: holdsPlace, at: ended)
        measure(attempt, span)
        return (attempt, connection)
    }

    private func span(_ request: HTTPRequest, _ lease: InstanceLease, _ resend: Int) -> TraceSpan {
        context.tracer.start(
            method.spanName,
            .client,
            parent: context.span,
            attributes: attributes(request, lease.instance, resend: resend),
            at: lease.began
        )
    }

    private func exchange(
        _ request: HTTPRequest,
        _ lease: InstanceLease,
        _ span: TraceSpan
    ) async -> Result<HTTPResponse, AttemptFailure> {
        let (outgoing, timeouts) = prepare(request, lease, span)
        do throws(AttemptFailure) {
            return .success(
                try await client.transport.attempt(outgoing, to: lease.instance, timeouts: timeouts)
            )
        } catch {
            return .failure(error)
        }
    }

    /// What goes out, and how long it may take.
    @inline(__always)
    private func prepare(
        _ request: HTTPRequest,
        _ lease: InstanceLease,
        _ span: TraceSpan
    ) -> (HTTPRequest, HTTPTimeouts) {
        var outgoing = request
        client.settings.headers.write(
            into: &outgoing.head.fields,
            span.propagated,
            context,
            deadline,
            at: lease.began
        )
        var timeouts = route.timeouts
        timeouts.totalTime =
            deadline.instant == .distantFuture
            ? .max : max(0, deadline.instant.nanoseconds - lease.began.nanoseconds)
        return (outgoing, timeouts)
    }

    private func classify(
        _ result: Result<HTTPResponse, AttemptFailure>,
        _ lease: InstanceLease,
        at ended: MonotonicInstant
    ) -> EndedAttempt {
        switch result {
        case .success(let response):
            let outcome = AttemptOutcome(response.head)
            return EndedAttempt(lease: lease, result: result, outcome: outcome, ended: ended)
        case .failure(let failure):
            // No connection within the call's own time, of which there may have been little, accuses nobody of refusing.
            let isLate = failure.kind == .notConnected && deadline.isOver(at: ended)
            let failure = isLate ? AttemptFailure(.timedOut, failure.underlying) : failure
            return EndedAttempt(
                lease: lease,
                result: .failure(failure),
                outcome: failure.kind.outcome,
                ended: ended
            )
        }
    }

    // MARK: Telemetry

    private func measure(_ attempt: EndedAttempt, _ span: TraceSpan) {
        let end: AttemptEnd
        switch attempt.result {
        case .success(let response):
            end = .answered(Int(response.head.status.code))
            if client.settings.headers == .internal, KeepMark.isSet(in: response.head.fields) { span.keep() }
            if span.isRecording { note(response.head.status, end, in: span) }
        case .failure(let failure):
            end = .failed(failure.kind)
            if failure.kind != .cancelled { span.setStatus(.error(failure.kind.rawValue)) }
            span.set(.errorType, .string(failure.kind.rawValue))
        }
        let seconds = Double(attempt.ended.nanoseconds - attempt.lease.began.nanoseconds) / 1e9
        route.duration(method, end).record(seconds, exemplar: exemplar(span, at: attempt.ended))
        span.end(at: attempt.ended)
    }

    private func note(_ status: HTTPStatus, _ end: AttemptEnd, in span: TraceSpan) {
        span.setStatus(.client(status))
        guard let type = end.errorType else {
            return span.set(.httpResponseStatusCode, .int(Int(status.code)))
        }
        span.set([.httpResponseStatusCode: .int(Int(status.code)), .errorType: .string(type)])
    }

    private func exemplar(_ span: TraceSpan, at time: MonotonicInstant) -> Exemplar? {
        let context = span.propagated
        guard span.isRecording, context.isSampled else { return nil }
        return Exemplar(traceID: context.traceID.value, time: time)
    }

    private func attributes(
        _ request: HTTPRequest,
        _ instance: ServiceInstance,
        resend: Int
    ) -> Attributes {
        var list = [
            Attribute(.httpRequestMethod, .string(method.text)),
            Attribute(.serverAddress, .string(instance.host)),
            Attribute(.urlFull, .string(url(request, instance))),
        ]
        if let port = instance.port { list.append(Attribute(.serverPort, .int(Int(port)))) }
        if !route.template.isEmpty { list.append(Attribute(.urlTemplate, .string(route.template))) }
        if resend > 0 { list.append(Attribute(.httpRequestResendCount, .int(resend))) }
        return Attributes(list)
    }

    /// The URL without its query, which may hold anything. Outside, paths hold secrets too (webhooks, bots): there, the
    /// template stands for the path.
    private func url(_ request: HTTPRequest, _ instance: ServiceInstance) -> String {
        let path = client.settings.headers == .internal ? request.head.path : route.template
        return path.hasPrefix("/") ? instance.origin + path : instance.origin + "/"
    }
}
