public import HTTP

extension PostgresError: ProblemConvertible {
    /// 503 with `Retry-After` and the code's word for a database that is away, full or too slow, and for a transaction
    /// that others got in the way of; nil for all else, which the handler knows what to make of, or nobody.
    public var problem: ProblemDetails? {
        guard let retryAfter else { return nil }
        return ProblemDetails(
            .serviceUnavailable,
            reason: "database_\(code.label)",
            isRetryable: mayHaveTakenEffect ? nil : true,
            fields: [.retryAfter: String(retryAfter.components.seconds)]
        )
    }

    /// Whether what was asked for may have been done although no answer came.
    private var mayHaveTakenEffect: Bool { code == .connectionLost || code == .timedOut }
}
