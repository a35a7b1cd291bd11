import HTTP
import Reactor
import Telemetry

/// One call behind the limiter: its attempts, one after the other.
struct OutgoingExchange {
    let client: ServiceClient
    /// Each attempt writes its headers into it, in the place of those of the one before.
    private(set) var request: HTTPRequest
    let route: CallRoute
    private let context: Context
    private let deadline: Deadline
    private let series: CallSeries
    private(set) var schedule: RetrySchedule
    private(set) var tried: [ServiceInstance] = []
    /// The attempt that ended last, while it is not decided who gets its answer.
    private var last: EndedAttempt?

    init(
        _ client: ServiceClient,
        _ request: consuming HTTPRequest,
        _ route: CallRoute,
        _ context: Context,
        _ deadline: Deadline
    ) {
        self.client = client
        self.route = route
        self.context = context
        self.deadline = deadline
        series = route[MethodLabel(request.head.method)]
        let call = OutgoingCall(
            method: request.head.method.name,
            isKeyed: route.isIdempotent && request.head.fields.contains(.idempotencyKey),
            bodyByteCount: request.body.isRepeatable ? request.body.length : nil
        )
        schedule = RetrySchedule(route.retry ?? client.settings.retry, for: call, until: deadline)
        self.request = request
    }

    /// Attempts until there is an answer to hand on. The call's place is given back, or goes with the answer's content.
    mutating func run(
        _ summary: inout CallSummary,
        at began: MonotonicInstant
    ) async throws(CallError) -> HTTPResponse {
        var now = began
        while true {
            guard let lease = try choose(at: now) else { return try handOn() }
            letGo()
            if schedule.attemptsMade > 0 { client.telemetry.retries.add() }
            summary.began = summary.began ?? lease.began
            let attempt: EndedAttempt
            if let delay = route.hedge, mayHedge {
                attempt = await hedged(lease, after: delay, &summary)
            } else {
                summary.attempts += 1
                attempt = await sender.send(&request, lease, resend: schedule.attemptsMade)
            }
            summary.instance = attempt.lease.instance
            let (outcome, ended) = (attempt.outcome, attempt.ended)
            summary.latency = attempt.latency
            last = consume attempt
            summary.ended = ended
            switch client.decide(after: outcome, &schedule, at: ended) {
            case .stop: return try handOn()
            case .retry(let wait):
                note(tried: summary.instance ?? lease.instance)
                guard await client.pause(wait) else { throw cancelled() }
                now = client.clock()
            }
        }
    }

    /// The instance for the next attempt; nil when there is none, but an earlier attempt's outcome to hand on.
    private func choose(at now: MonotonicInstant) throws(CallError) -> InstanceLease? {
        do throws(InstanceRefusal) {
            return try client.instances.choose(excluding: tried, at: now)
        } catch {
            if last != nil { return nil }
            client.limiter.leave(latency: nil, at: now)
            throw CallError(noInstance: error, client.service)
        }
    }

    /// Another attempt goes elsewhere, if it can.
    mutating func note(tried instance: ServiceInstance) { tried.append(instance) }

    var sender: OutgoingAttempt { OutgoingAttempt(client, route, series, context, deadline) }

    // MARK: The end

    /// Gives the caller what the last attempt brought.
    private mutating func handOn() throws(CallError) -> HTTPResponse {
        guard var attempt = last.take() else { throw cancelled() }
        guard let response = attempt.takeResponse() else { throw error(of: attempt) }
        guard attempt.isStreamed else {
            client.limiter.leave(latency: attempt.latency, at: attempt.ended)
            return response
        }
        return held(response, attempt)
    }

    /// The answer, whose content holds the call's place.
    private func held(_ response: consuming HTTPResponse, _ attempt: EndedAttempt) -> HTTPResponse {
        response.body = HeldContent(response.body, PlaceHold(client, attempt)).body
        return response
    }

    private func error(of attempt: EndedAttempt) -> CallError {
        client.limiter.leave(latency: attempt.latency, at: attempt.ended)
        guard let failure = attempt.failure else { return CallError(.cancelled, client.service) }
        // The transport reckons from its loop's turn, whose clock may be a moment behind.
        let isLate = deadline.isOver(at: attempt.ended + .milliseconds(5))
        return CallError(noAnswer: failure, client.service, isLate: isLate)
    }

    /// The answer before goes to nobody.
    private mutating func letGo() {
        guard let attempt = last.take(), attempt.isStreamed else { return }
        client.instances.release(attempt.lease, nil, at: client.clock())
    }

    private mutating func cancelled() -> CallError {
        letGo()
        client.limiter.leave(latency: nil, at: client.clock())
        return CallError(.cancelled, client.service)
    }
}
