import HTTP
import Reactor

/// What an attempt brought: an answer or a failure.
struct EndedAttempt: Sendable {
    let lease: InstanceLease
    let outcome: AttemptOutcome
    let ended: MonotonicInstant
    /// Why there is no answer; nil where there is one.
    let failure: AttemptFailure?
    /// Whether an answer's content is still to come.
    let isStreamed: Bool
    /// The answer, until it is taken.
    fileprivate(set) var response: HTTPResponse?

    /// The head of an answer came. No `init`, which would make a copy of the answer.
    static func answered(
        _ lease: InstanceLease,
        _ response: consuming HTTPResponse,
        at ended: MonotonicInstant
    ) -> EndedAttempt {
        let outcome = AttemptOutcome(response.head)
        let isStreamed = !response.body.isWhole
        return EndedAttempt(
            lease: lease,
            outcome: outcome,
            ended: ended,
            failure: nil,
            isStreamed: isStreamed,
            response: response
        )
    }

    /// None did; `outcome` is what that says of the instance.
    static func failed(
        _ lease: InstanceLease,
        _ failure: AttemptFailure,
        _ outcome: AttemptOutcome,
        at ended: MonotonicInstant
    ) -> EndedAttempt {
        EndedAttempt(
            lease: lease,
            outcome: outcome,
            ended: ended,
            failure: failure,
            isStreamed: false,
            response: nil
        )
    }

    /// Whether it brought an answer, whatever that says.
    var isAnswer: Bool { failure == nil }

    /// Hands the answer over; nil where there is none.
    mutating func takeResponse() -> HTTPResponse? { response.take() }

    /// How long it took, where that tells something about the load.
    var latency: Duration? {
        guard lease.isTimed else { return nil }
        return switch outcome {
        case .answered: outcome.isRefusal ? nil : ended - lease.began
        case .timedOut: ended - lease.began
        case .notConnected, .reset, .broken, .cancelled: nil
        }
    }
}
