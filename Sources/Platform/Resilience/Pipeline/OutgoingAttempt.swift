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
    private let series: CallSeries
    private let context: Context
    private let deadline: Deadline

    init(
        _ client: ServiceClient,
        _ route: CallRoute,
        _ series: CallSeries,
        _ context: Context,
        _ deadline: Deadline
    ) {
        self.client = client
        self.route = route
        self.series = series
        self.context = context
        self.deadline = deadline
    }

    /// Sends the request to the lease's instance, and tells the source how it went. The attempt's headers are in the request
    /// then.
    func send(_ request: inout HTTPRequest, _ lease: InstanceLease, resend: Int) async -> EndedAttempt {
        let lease = lease.timed(!route.isStream)
        let span = span(request, lease, resend)
        let timeouts = prepare(&request, lease, span)
        let attempt: EndedAttempt
        do throws(AttemptFailure) {
            // What is known by its type is called without a wrapper.
            if let http = client.http {
                let response = try await http.attempt(request, to: lease.instance, timeouts: timeouts)
                attempt = .answered(lease, response, at: client.clock())
            } else {
                let transport = client.transport
                let response = try await transport.attempt(request, to: lease.instance, timeouts: timeouts)
                attempt = .answered(lease, response, at: client.clock())
            }
        } catch {
            attempt = failed(error, lease)
        }
        note(attempt, span, holdsPlace: attempt.isStreamed)
        return attempt
    }

    /// Sends a request to switch protocols to the lease's instance, and tells the source how it went; the connection
    /// where the instance switched, whose place is held.
    func upgrade(
        _ request: HTTPRequest,
        _ lease: InstanceLease,
        resend: Int
    ) async -> (attempt: EndedAttempt, connection: UpgradedConnection?) {
        var request = request
        let lease = lease.timed(!route.isStream)
        let span = span(request, lease, resend)
        let timeouts = prepare(&request, lease, span)
        let attempt: EndedAttempt
        var connection: UpgradedConnection?
        do throws(AttemptFailure) {
            switch try await client.transport.upgrade(request, to: lease.instance, timeouts: timeouts) {
            case .answered(let response): attempt = .answered(lease, response, at: client.clock())
            case .switched(let head, let switched):
                connection = switched
                attempt = .answered(lease, HTTPResponse(head), at: client.clock())
            }
        } catch {
            attempt = failed(error, lease)
        }
        note(attempt, span, holdsPlace: attempt.isStreamed || connection != nil)
        return (attempt, connection)
    }

    private func span(_ request: borrowing HTTPRequest, _ lease: InstanceLease, _ resend: Int) -> CallSpan {
        context.tracer.start(
            HTTPCall(
                series.spanName,
                series.attributes,
                to: lease.instance.attributes,
                url: (lease.instance.origin, path(request)),
                resend: resend
            ),
            parent: context.span,
            at: lease.began
        )
    }

    /// The path for the span, without the query, which may hold anything. Outside, paths hold secrets too (webhooks, bots):
    /// there, the template stands for it.
    private func path(_ request: borrowing HTTPRequest) -> ArraySlice<UInt8> {
        guard client.settings.headers == .internal else { return route.path }
        let target = request.head.targetBytes
        let path = request.head.pathBytes
        guard path.first == UInt8(ascii: "/") else { return [UInt8(ascii: "/")] }
        // Of a target with a query, only the path is kept.
        return path.count == target.count ? path : Array(path)[...]
    }

    /// Writes what goes out beside the request's own headers.
    ///
    /// - Returns: how long its parts may take.
    @inline(__always)
    private func prepare(
        _ request: inout HTTPRequest,
        _ lease: InstanceLease,
        _ call: CallSpan
    ) -> HTTPTimeouts {
        client.settings.headers.write(
            into: &request.head.fields,
            call.span.propagated,
            context,
            deadline,
            at: lease.began
        )
        var timeouts = route.timeouts
        timeouts.totalTime =
            deadline.instant == .distantFuture
            ? .max : max(0, deadline.instant.nanoseconds - lease.began.nanoseconds)
        return timeouts
    }

    private func failed(_ failure: AttemptFailure, _ lease: InstanceLease) -> EndedAttempt {
        let ended = client.clock()
        // No connection within the call's own time, of which there may have been little, accuses nobody of refusing.
        let isLate = failure.kind == .notConnected && deadline.isOver(at: ended + Self.clockStep)
        let failure = isLate ? AttemptFailure(.timedOut, failure.underlying) : failure
        let outcome = isOfCaller(failure, lease, ended) ? AttemptOutcome.cancelled : failure.kind.outcome
        return .failed(lease, failure, outcome, at: ended)
    }

    /// Whether time ran out for the caller alone: its deadline left the instance less than the route does, or the request's
    /// content was still to come. Anybody could open breakers otherwise.
    private func isOfCaller(
        _ failure: AttemptFailure,
        _ lease: InstanceLease,
        _ ended: MonotonicInstant
    ) -> Bool {
        guard failure.kind == .timedOut else { return false }
        if case .timedOut(.request) = failure.underlying as? HTTPClientError { return true }
        return ended + Self.clockStep - lease.began < .nanoseconds(route.patience)
    }

    /// The transport reckons from its loop's turn, whose clock may be so much behind.
    private static let clockStep = Duration.milliseconds(5)

    // MARK: Telemetry

    private func note(_ attempt: borrowing EndedAttempt, _ call: CallSpan, holdsPlace: Bool) {
        client.instances.record(
            attempt.outcome,
            of: attempt.lease,
            holdsPlace: holdsPlace,
            at: attempt.ended
        )
        let span = call.span
        let end: AttemptEnd
        if let failure = attempt.failure {
            end = .failed(failure.kind)
            if failure.kind != .cancelled { span.setStatus(.error(failure.kind.rawValue)) }
        } else if let head = attempt.response?.head {
            end = .answered(Int(head.status.code))
            if let record = call.record {
                if client.settings.headers == .internal, KeepMark.isSet(in: head.fields) { span.keep() }
                record.answered(head.status)
            }
        } else {
            return
        }
        if let type = end.errorType { span.set(.errorType, .string(type)) }
        let seconds = Double(attempt.ended.nanoseconds - attempt.lease.began.nanoseconds) / 1e9
        series.durations[end.seriesIndex].record(seconds, exemplar: exemplar(span, at: attempt.ended))
        span.end(at: attempt.ended)
    }

    private func exemplar(_ span: TraceSpan, at time: MonotonicInstant) -> Exemplar? {
        guard span.isRecording else { return nil }
        let context = span.propagated
        guard context.isSampled else { return nil }
        return Exemplar(traceID: context.traceID.value, time: time)
    }
}
