/// Is told how an exchange with a client ended, and may add to the answer's head; see ``HTTPResponse/observer``.
public protocol HTTPExchangeObserver: AnyObject, Sendable {
    /// Room for what ``appendFields(to:)`` adds, in bytes; 0, the default, when it adds nothing.
    var fieldByteCount: Int { get }

    /// Adds fields to the answer's head while it is written, behind its own: a field that each answer gets costs no copy
    /// of fields that a handler gives out again and again.
    ///
    /// Whole lines, `name: value` and CR LF, as they go out: nothing checks them, so they must not hold what others wrote
    /// unless it was checked before. Called on the event loop of the connection.
    func appendFields(to head: inout OutputSpan<UInt8>)

    /// The exchange is over. Called once, on the event loop of its connection: it must not block.
    func exchangeEnded(_ end: HTTPExchangeEnd)
}

extension HTTPExchangeObserver {
    /// None.
    public var fieldByteCount: Int { 0 }
    /// Adds nothing.
    public func appendFields(to head: inout OutputSpan<UInt8>) {}
}

/// How an exchange ended.
public struct HTTPExchangeEnd: Sendable, Hashable {
    /// What became of the answer.
    public enum Outcome: Sendable, Hashable {
        /// The kernel has all of it, or it waits behind others that do.
        case sent
        /// The client left before it was sent.
        case clientLeft
        /// The handler took too long: the client got 503 instead.
        case timedOut
        /// The request's content broke the protocol or a limit: the client got that rule's answer instead.
        case refused(HTTPRefusal)
        /// The answer's content failed or had another length than it said: the connection was cut.
        case contentFailed
        /// The client took no more of it: the connection was cut.
        case writeTimedOut
    }

    /// What became of the answer.
    public let outcome: Outcome
    /// The status that the client got, or would have got.
    public let status: HTTPStatus
    /// Bytes of the request's content that were announced, or read where no length was.
    public let receivedByteCount: Int
    /// Bytes of the answer's content that went out, without the framing of chunks.
    public let sentByteCount: Int

    /// Says how an exchange ended: servers do it, and tests in their place.
    public init(outcome: Outcome, status: HTTPStatus, receivedByteCount: Int = 0, sentByteCount: Int = 0) {
        self.outcome = outcome
        self.status = status
        self.receivedByteCount = receivedByteCount
        self.sentByteCount = sentByteCount
    }
}
