/// Why an attempt has no answer, in the words that retry, breaker and metrics share.
public struct AttemptFailure: Error, Sendable, CustomStringConvertible {
    /// What went wrong; the raw value is `error.type`, a closed list.
    public enum Kind: String, Sendable, Equatable, CaseIterable {
        /// No connection came about; nothing was sent.
        case notConnected = "connection_failed"
        /// The connection was gone before any byte of an answer.
        case reset = "connection_reset"
        /// The time for the head of an answer, or for the next piece of content, has passed.
        case timedOut = "timeout"
        /// An answer began and was cut, or broke the protocol.
        case broken = "invalid_answer"
        /// The transport of this process has no room for the call; the instance has no part in it.
        case noRoom = "client_queue_full"
        /// The request can't be sent as it is, or its own content failed.
        case badRequest = "request_failed"
        /// The caller gave up.
        case cancelled = "cancelled"
    }

    /// What went wrong.
    public let kind: Kind
    /// The transport's own error.
    public let underlying: any Error

    /// Classifies a transport's error.
    public init(_ kind: Kind, _ underlying: any Error) {
        self.kind = kind
        self.underlying = underlying
    }

    /// The transport's words. They may name a host: for the log, not for clients.
    public var description: String { "\(kind.rawValue): \(underlying)" }
}

extension AttemptFailure.Kind {
    /// What it says to retry, breaker and ejection; what is this process's own doing says nothing about the instance.
    public var outcome: AttemptOutcome {
        switch self {
        case .notConnected: .notConnected
        case .reset: .reset
        case .timedOut: .timedOut
        case .broken: .broken
        case .noRoom, .badRequest, .cancelled: .cancelled
        }
    }
}
