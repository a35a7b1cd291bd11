/// What of a call decides whether it may be sent twice.
public struct OutgoingCall: Sendable, Equatable {
    /// The request's method, as on the wire.
    public var method: String
    /// Whether the call has an `Idempotency-Key` **and** goes to a route that is declared idempotent: one of the two
    /// alone makes nothing safe.
    public var isKeyed: Bool
    /// The length of the body in bytes, nil when it is not known before it has been sent.
    public var bodyByteCount: Int?

    /// Describes a call.
    public init(method: String, isKeyed: Bool = false, bodyByteCount: Int? = 0) {
        self.method = method
        self.isKeyed = isKeyed
        self.bodyByteCount = bodyByteCount
    }

    /// Whether sending it twice means the same as once: GET, HEAD, OPTIONS, PUT and DELETE (RFC 9110 §9.2.2, without
    /// TRACE, which no service answers), or a keyed call.
    public var isRepeatable: Bool {
        switch method {
        case "GET", "HEAD", "OPTIONS", "PUT", "DELETE": true
        default: isKeyed
        }
    }
}
