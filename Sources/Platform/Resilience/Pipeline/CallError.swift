public import HTTP

/// Why a call has no answer, or none that is of use. An answer with an error status is an answer, not an error.
public struct CallError: Error, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: Sendable, Equatable {
        /// As many calls to the service as are allowed are in flight already.
        case tooManyCalls
        /// No instance of the service is known.
        case noInstance
        /// The breakers of all instances are open: they have failed of late, and get a rest.
        case breakersOpen
        /// The caller's deadline, or the call's own limit, has come.
        case deadlineOver
        /// The last attempt ended without an answer.
        case noAnswer(AttemptOutcome)
        /// The request can't be sent as it is, or its own content failed.
        case badRequest
        /// The task was cancelled.
        case cancelled
        /// The answer has another status than one of success, where an answer's value was asked for.
        case unexpectedStatus(HTTPStatus)
        /// The answer's content is too large, is cut, or is not what was asked for.
        case unusableAnswer
    }

    /// What went wrong.
    public let code: Code
    /// The service that was called.
    public let service: String
    /// When asking again may be of use; nil when that is not known.
    public let retryAfter: Duration?
    /// For the log only: it may name hosts and quote the answer.
    public let detail: String

    init(_ code: Code, _ service: String, retryAfter: Duration? = nil, detail: String = "") {
        self.code = code
        self.service = service
        self.retryAfter = retryAfter
        self.detail = detail
    }

    /// What happened and what to do, fit for a client to read.
    public var description: String {
        switch code {
        case .tooManyCalls: "\(service): too many calls in flight; try again later"
        case .noInstance: "\(service): no instance is up; try again later"
        case .breakersOpen: "\(service): all instances have failed of late and get a rest; try again later"
        case .deadlineOver: "\(service): no answer in time; try again later, or allow more time"
        case .noAnswer: "\(service): the service gave no answer; try again later"
        case .badRequest: "\(service): the request could not be sent"
        case .cancelled: "\(service): the call was cancelled"
        case .unexpectedStatus(let status): "\(service): unexpected answer \(status.code)"
        case .unusableAnswer: "\(service): the answer could not be used"
        }
    }
}
