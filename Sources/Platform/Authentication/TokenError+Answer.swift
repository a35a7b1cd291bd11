package import HTTP
package import Tokens

extension TokenError {
    /// What a client is answered: 401 with the rule that its token breaks (RFC 6750 §3.1); 503 while the keys can't be had.
    package var answer: ProblemDetails { Self.answers[self] ?? made }

    /// Made once: a flood of bad tokens is answered by copies.
    private static let answers = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.made) })

    private var made: ProblemDetails {
        guard self != .keysUnavailable else {
            return ProblemDetails(
                .serviceUnavailable,
                detail: description,
                reason: "keys_unavailable",
                isRetryable: true,
                fields: [.retryAfter: "1"]
            )
        }
        return ProblemDetails(
            .unauthorized,
            detail: description,
            reason: rawValue,
            fields: ["www-authenticate": "Bearer error=\"invalid_token\", error_description=\"\(self)\""]
        )
    }
}
