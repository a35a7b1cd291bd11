/// How one attempt at a call ended, as far as retry, breaker and ejection care.
public enum AttemptOutcome: Sendable, Equatable {
    /// The head of an answer came.
    ///
    /// `retryAfter` is the time that its `Retry-After` asks for (RFC 9110 §10.2.3), counted from now; nil without one.
    case answered(status: Int, retryAfter: Duration? = nil)
    /// No connection came about: refused, unreachable, or not within the time for connecting. Nothing was sent.
    case notConnected
    /// The connection was gone before any byte of an answer.
    case reset
    /// The attempt's time passed before the head of an answer.
    case timedOut
    /// An answer began and was cut, or broke the protocol.
    case broken
    /// The caller gave up; it tells nothing about the instance.
    case cancelled

    /// Whether it speaks against the instance: a status from 500 on, or no whole answer.
    public var isFailure: Bool {
        switch self {
        case .answered(let status, _): status >= 500
        case .notConnected, .reset, .timedOut, .broken: true
        case .cancelled: false
        }
    }

    /// Whether there was no connection, or one that went without a byte.
    public var isConnectionFailure: Bool { self == .notConnected || self == .reset }
}
