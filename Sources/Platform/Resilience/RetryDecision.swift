/// What to do after an attempt.
public enum RetryDecision: Sendable, Equatable {
    /// Why an outcome is handed to the caller as it is.
    public enum Reason: Sendable, Equatable {
        /// It is no outcome that a retry could mend.
        case notRetryable
        /// The method is not idempotent and the call has no key.
        case notRepeatable
        /// The body is too long, or its length is not known.
        case bodyTooLong
        /// All attempts have been made.
        case attemptsUsed
        /// The wait would last to the deadline or beyond.
        case deadlineTooNear
        /// Retries are too large a part of the traffic already.
        case budgetSpent
    }

    /// Try again after this wait, on an instance that has not been tried for this call.
    case retry(after: Duration)
    /// Hand the outcome to the caller.
    case stop(Reason)
}
