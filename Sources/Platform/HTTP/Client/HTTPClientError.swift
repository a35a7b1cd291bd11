public import Reactor

/// Why a call has no answer, or an answer no end.
public enum HTTPClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name has no address.
    case unresolved(HTTPDestination, reason: String)
    /// No connection could be made.
    case notConnected(SystemError)
    /// All connections are busy and the queue of waiting calls is full.
    case queueFull(HTTPDestination)
    /// Time ran out, waiting for a connection, the answer's head, or its content.
    case timedOut(Stage)
    /// The server broke the protocol; the connection is not used again.
    case invalidAnswer(HTTPProtocolError)
    /// The server closed or reset the connection before any byte of the answer, or within its content.
    case disconnected
    /// The server closed or reset the connection within the answer's head: it has begun to answer.
    case answerCut
    /// The request's own content failed.
    case contentFailed(String)
    /// The task was cancelled.
    case cancelled
    /// Two tasks read the same answer at once, or one reads it when it is over.
    case answerOver

    /// What was waited for.
    public enum Stage: String, Sendable, Equatable {
        /// A connection, from the look-up of the name on.
        case connection
        /// A turn, while all connections to the server were in use.
        case turn
        /// The answer's head.
        case head
        /// More of a content.
        case content
        /// More of the request's own content, which the server would have taken.
        case request
    }

    /// What happened.
    public var description: String {
        switch self {
        case .unresolved(let destination, let reason): "resolve \(destination): \(reason)"
        case .notConnected(let error): error.description
        case .queueFull(let destination): "\(destination): all connections are busy and the queue is full"
        case .timedOut(let stage): "timed out waiting for the \(stage.rawValue)"
        case .invalidAnswer(let error): "invalid answer: \(error)"
        case .disconnected: "the connection ended before the answer was whole"
        case .answerCut: "the connection ended within the answer's head"
        case .contentFailed(let reason): "the request's content \(reason)"
        case .cancelled: "cancelled"
        case .answerOver: "the answer's content is read by another task, or over"
        }
    }
}
