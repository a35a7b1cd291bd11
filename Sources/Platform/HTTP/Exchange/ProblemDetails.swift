/// An error's body (RFC 9457), `application/problem+json`. A handler may throw it as its answer.
public struct ProblemDetails: Error, Sendable, Equatable {
    /// The status, repeated in the body.
    public var status: HTTPStatus
    /// What went wrong in this case, fit for the client; nil when there is nothing to add.
    public var detail: String?
    /// A short constant by which programs and counters tell causes apart.
    public var reason: String?
    /// Whether the same request may succeed later; nil when that is not known.
    public var isRetryable: Bool?

    /// Makes a problem; its title is the status's phrase, its type `about:blank`.
    public init(_ status: HTTPStatus, detail: String? = nil, reason: String? = nil, isRetryable: Bool? = nil)
    {
        self.status = status
        self.detail = detail
        self.reason = reason
        self.isRetryable = isRetryable
    }

    /// The answer that carries the problem.
    public func response(fields: HTTPFields = HTTPFields()) -> HTTPResponse {
        var response = HTTPResponse(status, fields: fields, body: HTTPBody(json))
        response.head.fields.set(.contentType, "application/problem+json")
        return response
    }

    /// The problem as JSON.
    public var json: String {
        var members = [
            "\"type\":\"about:blank\"", "\"title\":\(Self.quoted(status.phrase))",
            "\"status\":\(status.code)",
        ]
        if let detail { members.append("\"detail\":\(Self.quoted(detail))") }
        if let reason { members.append("\"reason\":\(Self.quoted(reason))") }
        if let isRetryable { members.append("\"retryable\":\(isRetryable)") }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// A JSON string (RFC 8259 §7).
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension HTTPProtocolError {
    /// The problem that a server answers with.
    var problem: ProblemDetails {
        ProblemDetails(reason.status, detail: description, reason: reason.rawValue)
    }
}
