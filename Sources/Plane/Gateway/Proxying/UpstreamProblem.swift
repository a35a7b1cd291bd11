import HTTP
import Resilience
import Routing

extension ProblemDetails {
    /// What a client is told of an answer whose content failed before anything of it was passed on.
    init(answerFailed error: any Error) {
        switch error {
        case is AnswerTooLarge: self = .answerTooLarge
        case HTTPClientError.timedOut:
            self.init(.gatewayTimeout, reason: "upstream_timeout", isRetryable: true)
        default:
            self.init(
                .badGateway,
                detail: "the answer ended before it was whole",
                reason: "upstream_invalid",
                isRetryable: true
            )
        }
    }

    /// The answer is larger than its route's `answerLimit`.
    static let answerTooLarge = ProblemDetails(.badGateway, reason: "answer_too_large", isRetryable: false)
}

extension CallError {
    /// What a client of the gateway is told of a call that failed: 502 where the upstream's answer is none, 503 where it can't
    /// be had now, 504 where it did not come in time (RFC 9110 §15.6). Never 429, which is about the client's own quota.
    var gatewayProblem: ProblemDetails {
        switch code {
        case .tooManyCalls: unavailable("upstream_busy")
        case .noInstance: unavailable("no_instance")
        case .breakersOpen: unavailable("breaker_open")
        case .deadlineOver, .noAnswer(.timedOut):
            ProblemDetails(
                .gatewayTimeout,
                detail: "\(service) did not answer in time",
                reason: "upstream_timeout",
                isRetryable: true
            )
        case .noAnswer(.notConnected): unavailable("upstream_unreachable")
        case .noAnswer, .unusableAnswer, .unexpectedStatus:
            ProblemDetails(
                .badGateway,
                detail: "\(service) gave no valid answer",
                reason: "upstream_invalid",
                isRetryable: true
            )
        case .badRequest:
            ProblemDetails(
                .badGateway,
                detail: "the request could not be passed on",
                reason: "not_passed_on",
                isRetryable: false
            )
        case .cancelled: ProblemDetails(.serviceUnavailable, reason: "cancelled", isRetryable: true)
        }
    }

    private func unavailable(_ reason: String) -> ProblemDetails {
        let wait = retryAfter ?? .seconds(1)
        // Whole seconds, rounded up: before that, asking again is in vain.
        let seconds = max(1, wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0))
        return ProblemDetails(
            .serviceUnavailable,
            detail: "\(service) can't answer now",
            reason: reason,
            isRetryable: true,
            fields: [.retryAfter: String(seconds)]
        )
    }
}
