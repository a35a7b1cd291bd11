public import HTTP

extension CallError: ProblemConvertible {
    /// The answer of a service that could not do its work because of this: 503 with `Retry-After` where the same request
    /// may succeed later, 502 where the callee's answer is at fault; nil, which is reported and answered with 500, where this side is.
    public var problem: ProblemDetails? {
        switch code {
        case .tooManyCalls: unavailable("too_many_calls")
        case .noInstance: unavailable("no_instance")
        case .breakersOpen: unavailable("breaker_open")
        case .deadlineOver: unavailable("deadline_over")
        case .noAnswer: unavailable("no_answer")
        case .cancelled: unavailable("cancelled")
        case .unexpectedStatus(let status) where status.code == 503 || status.code == 429:
            unavailable("dependency_refused")
        case .unexpectedStatus, .unusableAnswer:
            ProblemDetails(.badGateway, detail: description, reason: "dependency_answer", isRetryable: false)
        case .badRequest:
            nil
        }
    }

    private func unavailable(_ reason: String) -> ProblemDetails {
        let wait = retryAfter ?? .seconds(1)
        // Whole seconds, rounded up: before that, asking again is in vain.
        let seconds = max(1, wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0))
        return ProblemDetails(
            .serviceUnavailable,
            detail: description,
            reason: reason,
            isRetryable: true,
            fields: [.retryAfter: String(seconds)]
        )
    }
}
