import HTTP
import Reactor
import Telemetry

/// One request to switch protocols, behind the limiter: an attempt, and others only where no connection came about.
struct OutgoingUpgrade {
    private let client: ServiceClient
    private let request: HTTPRequest
    private let context: Context
    private let deadline: Deadline
    private let attempt: OutgoingAttempt
    private var schedule: RetrySchedule
    private var tried: [ServiceInstance] = []

    init(
        _ client: ServiceClient,
        _ request: HTTPRequest,
        _ route: CallRoute,
        _ context: Context,
        _ deadline: Deadline
    ) {
        self.client = client
        self.request = request
        self.context = context
        self.deadline = deadline
        let method = request.head.method
        attempt = OutgoingAttempt(client, route, route[MethodLabel(method)], context, deadline)
        let call = OutgoingCall(method: method.name, isKeyed: false, bodyByteCount: request.body.length)
        schedule = RetrySchedule(route.retry ?? client.settings.retry, for: call, until: deadline)
    }

    /// Attempts until an instance was reached. The call's place is given back, or goes with the connection or the answer's
    /// content.
    mutating func run() async throws(CallError) -> UpgradeAnswer {
        var failure: (EndedAttempt, AttemptFailure)?
        while let lease = try choose(failure != nil) {
            if schedule.attemptsMade > 0 { client.telemetry.retries.add() }
            let (ended, connection) = await attempt.upgrade(request, lease, resend: schedule.attemptsMade)
            if let response = ended.response { return handOn(ended, response, connection) }
            failure = ended.failure.map { (ended, $0) }
            guard ended.outcome == .notConnected,
                case .retry(let wait) = client.decide(after: ended.outcome, &schedule, at: ended.ended)
            else { break }
            tried.append(lease.instance)
            guard await client.pause(wait) else {
                client.limiter.leave(latency: nil, at: client.clock())
                throw CallError(.cancelled, client.service)
            }
        }
        client.limiter.leave(latency: nil, at: client.clock())
        guard let (ended, reason) = failure else { throw CallError(.cancelled, client.service) }
        // The transport reckons from its loop's turn, whose clock may be a moment behind.
        let isLate = deadline.isOver(at: ended.ended + .milliseconds(5))
        throw CallError(noAnswer: reason, client.service, isLate: isLate)
    }

    /// The instance for the next attempt; nil when there is none, but an earlier attempt's failure to tell.
    private func choose(_ hasFailed: Bool) throws(CallError) -> InstanceLease? {
        let now = client.clock()
        do throws(InstanceRefusal) {
            return try client.instances.choose(excluding: tried, at: now)
        } catch {
            if hasFailed { return nil }
            client.limiter.leave(latency: nil, at: now)
            throw CallError(noInstance: error, client.service)
        }
    }

    private func handOn(
        _ ended: EndedAttempt,
        _ response: HTTPResponse,
        _ connection: UpgradedConnection?
    ) -> UpgradeAnswer {
        if let connection {
            return .switched(response.head, connection.keeping(PlaceHold(client, ended)))
        }
        guard ended.isStreamed else {
            client.limiter.leave(latency: ended.latency, at: ended.ended)
            return .answered(response)
        }
        var response = response
        response.body = HeldContent(response.body, PlaceHold(client, ended)).body
        return .answered(response)
    }
}
