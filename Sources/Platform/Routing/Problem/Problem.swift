public import HTTP

/// An error that is its own answer (RFC 9457): throw it from a handler.
public typealias Problem = ProblemDetails

extension ProblemDetails {
    /// 404: there is no such thing. The kind is a word (`listing`), the id what the client named.
    public static func notFound(_ kind: String, _ id: some Any) -> ProblemDetails {
        ProblemDetails(.notFound, detail: "there is no \(kind) \(id)", reason: "not_found")
    }

    /// 422: these parts of the request are wrong.
    public static func invalid(_ errors: [ProblemField]) -> ProblemDetails {
        let detail =
            switch errors.count {
            case 0: "the request is not valid"
            case 1: "one field is not valid"
            case let count: "\(count) fields are not valid"
            }
        return ProblemDetails(.unprocessableContent, detail: detail, reason: "invalid_fields", errors: errors)
    }

    /// 409: the request contradicts what is there.
    public static func conflict(_ detail: String) -> ProblemDetails {
        ProblemDetails(.conflict, detail: detail, reason: "conflict", isRetryable: false)
    }

    /// 503: something of ours is full, the reason says what; the client may try again in a second.
    public static func overloaded(_ reason: String) -> ProblemDetails {
        ProblemDetails(
            .serviceUnavailable,
            reason: reason,
            isRetryable: true,
            fields: [.retryAfter: "1"]
        )
    }

    /// 403: the caller may not do this to this thing.
    public static func forbidden(_ detail: String? = nil) -> ProblemDetails {
        ProblemDetails(.forbidden, detail: detail, reason: "forbidden")
    }
}
