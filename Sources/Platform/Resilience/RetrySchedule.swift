public import Reactor

/// The attempts of one call: asked after each, it says whether and when there is another.
public struct RetrySchedule: Sendable {
    private let policy: RetryPolicy
    private let call: OutgoingCall
    private let deadline: Deadline
    /// Attempts that have ended; `http.request.resend_count` of the next one.
    public private(set) var attemptsMade = 0

    /// Makes the schedule of a call that has not been attempted.
    public init(_ policy: RetryPolicy, for call: OutgoingCall, until deadline: Deadline) {
        self.policy = policy
        self.call = call
        self.deadline = deadline
    }

    /// Decides after an attempt. The budget is charged only when all else allows a retry.
    ///
    /// A `Retry-After` is waited out, and the jitter comes on top, so that those who were sent away together don't come
    /// back together; when that is too late for the deadline, or longer than ``RetryPolicy/longestRetryAfter``, there is no
    /// retry.
    public mutating func next(
        after outcome: AttemptOutcome,
        at now: MonotonicInstant,
        budget: inout RetryBudget,
        using random: inout some RandomNumberGenerator
    ) -> RetryDecision {
        attemptsMade += 1
        if let reason = obstacle(to: outcome) { return .stop(reason) }
        let jitter = policy.delay(beforeRetry: attemptsMade - 1, using: &random)
        guard outcome.retryAfter <= policy.longestRetryAfter else { return .stop(.deadlineTooNear) }
        let wait = outcome.retryAfter + jitter
        guard now + wait < deadline.instant else { return .stop(.deadlineTooNear) }
        guard budget.takeRetry(at: now) else { return .stop(.budgetSpent) }
        return .retry(after: wait)
    }

    private func obstacle(to outcome: AttemptOutcome) -> RetryDecision.Reason? {
        guard policy.isRetryable(outcome) else { return .notRetryable }
        guard call.isRepeatable else { return .notRepeatable }
        guard let byteCount = call.bodyByteCount, byteCount <= policy.bodyByteLimit else {
            return .bodyTooLong
        }
        guard attemptsMade < policy.attempts else { return .attemptsUsed }
        return nil
    }
}

extension AttemptOutcome {
    fileprivate var retryAfter: Duration {
        guard case .answered(_, let wait?) = self else { return .zero }
        return max(.zero, wait)
    }
}
