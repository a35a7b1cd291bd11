/// An error's body (RFC 9457), `application/problem+json`. A handler may throw it as its answer.
public struct ProblemDetails: Error, Sendable, Equatable {
    /// The status, repeated in the body.
    public var status: HTTPStatus
    /// A URI that names the kind of problem; nil for `about:blank`, which says no more than the status.
    public var type: String?
    /// The kind of problem in a few words, the same for each case; nil for the status's phrase.
    public var title: String?
    /// What went wrong in this case, fit for the client; nil when there is nothing to add.
    public var detail: String?
    /// A URI reference that names this case; nil for none.
    public var instance: String?
    /// The trace in which it happened, 32 hex digits, under `traceId`.
    public var traceID: String?
    /// A short constant by which programs and counters tell causes apart.
    public var reason: String?
    /// Whether the same request may succeed later; nil when that is not known. Where it is not said, the status tells
    /// what it can: see ``init(_:detail:reason:isRetryable:errors:fields:)``.
    public var isRetryable: Bool?
    /// What is wrong with each field of the request, under `errors` (the form of RFC 9457 §3's example).
    public var errors: [ProblemField]
    /// More members (RFC 9457 §3.2), in this order. A name that is taken above is written twice: choose others.
    public var extensions: [Extension]
    /// More fields of the answer, such as `Retry-After`.
    public var fields: HTTPFields

    /// Makes a problem; its title is the status's phrase, its type `about:blank`.
    ///
    /// Without `isRetryable`, what a client did wrong (4xx) is not to be sent again as it is, but for 408, 425 and 429, which
    /// are about the moment; of 409, 423 and 424, and of errors of a server's (5xx), nothing is known.
    public init(
        _ status: HTTPStatus,
        detail: String? = nil,
        reason: String? = nil,
        isRetryable: Bool? = nil,
        errors: [ProblemField] = [],
        fields: HTTPFields = HTTPFields()
    ) {
        self.status = status
        self.detail = detail
        self.reason = reason
        self.isRetryable = isRetryable ?? Self.isRetryable(status)
        self.errors = errors
        self.fields = fields
        extensions = []
    }

    /// What the status alone tells.
    private static func isRetryable(_ status: HTTPStatus) -> Bool? {
        switch status.code {
        case 408, 425, 429: true
        case 409, 423, 424: nil
        case 400..<500, 501, 505: false
        default: nil
        }
    }

    /// A member beyond those of the standard.
    public struct Extension: Sendable, Equatable {
        /// What a member may be.
        public enum Value: Sendable, Equatable {
            /// A text.
            case string(String)
            /// A whole number.
            case integer(Int)
            /// A truth value.
            case boolean(Bool)
        }
        /// The member's name: letters, digits and `_`, beginning with a letter (RFC 9457 §3.2).
        public let name: String
        /// The member's value.
        public let value: Value

        /// Makes a member.
        public init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// The answer that carries the problem.
    public func response(fields: HTTPFields = HTTPFields()) -> HTTPResponse {
        var response = HTTPResponse(status, fields: self.fields, body: HTTPBody(jsonBytes))
        for field in fields.all { response.head.fields.append(field) }
        response.head.fields.set(.contentType, "application/problem+json")
        return response
    }

    /// The problem as JSON.
    public var json: String { String(decoding: jsonBytes, as: UTF8.self) }

    private var jsonBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        JSONString.append(#"{"type":"#, type ?? "about:blank", to: &bytes)
        JSONString.append(#","title":"#, title ?? status.phrase, to: &bytes)
        bytes.append(contentsOf: ",\"status\":\(status.code)".utf8)
        if let detail { JSONString.append(#","detail":"#, detail, to: &bytes) }
        if let instance { JSONString.append(#","instance":"#, instance, to: &bytes) }
        if let traceID { JSONString.append(#","traceId":"#, traceID, to: &bytes) }
        if let reason { JSONString.append(#","reason":"#, reason, to: &bytes) }
        if let isRetryable {
            bytes.append(contentsOf: (isRetryable ? ",\"retryable\":true" : ",\"retryable\":false").utf8)
        }
        if !errors.isEmpty {
            bytes.append(contentsOf: ",\"errors\":[\(errors.map(\.json).joined(separator: ","))]".utf8)
        }
        for member in extensions {
            bytes.append(contentsOf: ",\(JSONString.quoted(member.name)):\(member.value.json)".utf8)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}

extension ProblemDetails.Extension.Value {
    /// The value as JSON.
    fileprivate var json: String {
        switch self {
        case .string(let text): JSONString.quoted(text)
        case .integer(let number): String(number)
        case .boolean(let truth): String(truth)
        }
    }
}

extension HTTPProtocolError {
    /// The problem that a server answers with.
    var problem: ProblemDetails {
        ProblemDetails(
            reason.status,
            detail: description,
            reason: reason.rawValue,
            isRetryable: reason == .requestTimeout ? true : nil
        )
    }
}
