import HTTP
import Reactor
import Resilience
import Telemetry

/// One request's way to a service and back, and what is told of it.
struct UpstreamCall {
    private let upstream: UpstreamRoute
    /// When the gateway heard of the request.
    private let began: MonotonicInstant
    private let subject: String?
    private let metrics: GatewayMetrics

    init(_ upstream: UpstreamRoute, began: MonotonicInstant, _ subject: String?, _ metrics: GatewayMetrics) {
        self.upstream = upstream
        self.began = began
        self.subject = subject
        self.metrics = metrics
    }

    /// Sends a request and waits for the answer's head.
    ///
    /// - Throws: ``LimitRefusal`` when the service is overloaded; what is told of a call that failed.
    func send(_ request: consuming HTTPRequest) async throws -> HTTPResponse {
        guard let lease = upstream.shedder.enter() else { throw LimitRefusal.overloaded }
        var summary = CallSummary()
        let response: HTTPResponse
        do throws(CallError) {
            let call = request.body.isWhole ? upstream.call : upstream.upload
            response = try await upstream.client.send(request, on: call, &summary)
        } catch {
            note(summary, lease)
            throw error.gatewayProblem
        }
        note(summary, lease)
        guard let limit = upstream.answerLimit else { return response }
        return try AnswerLimit.apply(limit, to: response)
    }

    /// Asks for another protocol.
    ///
    /// - Throws: what is told of a call that failed.
    func upgrade(_ request: HTTPRequest) async throws -> UpgradeAnswer {
        do throws(CallError) {
            return try await upstream.client.upgrade(request, on: upstream.call)
        } catch {
            throw error.gatewayProblem
        }
    }

    /// Tells who answered, what the gateway itself took, and what that says of the load.
    private func note(_ summary: CallSummary, _ lease: consuming ShedderLease) {
        let now = summary.ended ?? .now
        let overhead = now.nanoseconds - began.nanoseconds - summary.nanoseconds
        metrics.overhead.record(Double(overhead) / 1e9)
        Context.current.record?.setUpstream(
            summary.instance?.id,
            attempts: summary.attempts,
            overheadNanoseconds: overhead,
            subject: subject
        )
        if let latency = summary.latency { lease.answered(afterNanoseconds: latency.nanoseconds, at: now) }
    }
}
