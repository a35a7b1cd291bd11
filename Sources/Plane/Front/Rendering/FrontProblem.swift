import HTTP

/// An error that nginx answers itself, as problem+json (RFC 9457).
struct FrontProblem: Sendable, Hashable {
    /// nginx's own number of it.
    let code: Int
    /// The status that it is answered with.
    let status: Int
    /// What programs tell it by.
    let reason: String
    /// What happened, for people.
    let detail: String
    /// Whether the same request may succeed later.
    var isRetryable = false

    /// All of them. 408 is not among them: nginx ends a connection that is too slow without an answer.
    static let all = [
        FrontProblem(400, "bad_request", "the request is malformed"),
        FrontProblem(403, "forbidden", "this is not for you"),
        FrontProblem(404, "not_found", "nothing is here"),
        FrontProblem(405, "method_not_allowed", "the method is not allowed here"),
        FrontProblem(411, "length_required", "the content's length must be said"),
        FrontProblem(412, "precondition_failed", "a condition of the request does not hold"),
        FrontProblem(413, "content_too_large", "the content is larger than allowed"),
        FrontProblem(414, "target_too_long", "the request target is longer than allowed"),
        FrontProblem(416, "range_not_satisfiable", "no byte of the range is there"),
        FrontProblem(421, "misdirected_request", "this connection is for another host"),
        FrontProblem(
            429,
            "rate_limited",
            "more requests than allowed; wait as Retry-After says",
            retry: true
        ),
        FrontProblem(494, as: 431, "fields_too_large", "the fields are larger than allowed"),
        FrontProblem(495, as: 400, "client_certificate_invalid", "the client's certificate is not accepted"),
        FrontProblem(496, as: 400, "client_certificate_missing", "a client's certificate is needed"),
        FrontProblem(497, as: 400, "tls_required", "this port speaks TLS: ask by https"),
        FrontProblem(500, "internal_error", "something is wrong here"),
        FrontProblem(501, "not_implemented", "the transfer encoding is not known"),
        FrontProblem(502, "upstream_unreachable", "no gateway gave an answer", retry: true),
        FrontProblem(503, "no_gateway", "there is no gateway now", retry: true),
        FrontProblem(504, "upstream_timeout", "the gateway did not answer in time", retry: true),
        FrontProblem(505, "version_unsupported", "this version of HTTP is not spoken"),
    ]

    private init(_ code: Int, as status: Int? = nil, _ reason: String, _ detail: String, retry: Bool = false)
    {
        (self.code, self.status, self.reason, self.detail) = (code, status ?? code, reason, detail)
        isRetryable = retry
    }

    private var path: String { "/.front/problem/\(code)" }

    /// Sends nginx to ``location``.
    var directive: String { "error_page \(code)\(code == status ? "" : " =\(status)") \(path);" }

    /// What answers.
    var location: [String] {
        NginxText.block(
            "location = \(path)",
            [
                "internal;", "default_type application/problem+json;",
                // The content that was refused must not be refused again.
                "client_max_body_size 0;", "return \(status) \(NginxText.quoted(json));",
            ]
        )
    }

    private var json: String {
        var problem = ProblemDetails(
            HTTPStatus(integerLiteral: UInt16(status)),
            detail: detail,
            reason: reason,
            isRetryable: isRetryable
        )
        problem.traceID = "$front_trace"
        return problem.json
    }
}
