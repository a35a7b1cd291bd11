public import HTTP
public import Resilience

/// Why Consul did not do what it was asked. No part of it holds the token.
public struct ConsulError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: Sendable, Equatable {
        /// No answer came.
        case noAnswer(AttemptFailure.Kind)
        /// An answer with an error status: 403 without the right, 404 for what is unknown, 500 for most others.
        case refused(HTTPStatus)
        /// The answer is cut, too large or not what was asked for.
        case unusableAnswer
    }

    /// What went wrong.
    public let code: Code
    /// What was asked: method and path, without query.
    public let operation: String
    /// Consul's own words, or the transport's: at most 512 characters, for the log.
    public let detail: String

    init(_ code: Code, _ operation: String, _ detail: String) {
        self.code = code
        self.operation = operation
        self.detail = detail
    }

    /// Whether Consul answered with this status.
    public func isRefusal(_ status: HTTPStatus) -> Bool { code == .refused(status) }

    /// Whether the task was cancelled.
    public var isCancellation: Bool { code == .noAnswer(.cancelled) }

    /// What was asked, what went wrong, and Consul's words.
    public var description: String {
        let text = detail.isEmpty ? "" : ": \(detail)"
        return switch code {
        case .noAnswer(let kind): "consul: \(operation): no answer (\(kind.rawValue))\(text)"
        case .refused(let status): "consul: \(operation): \(status.code)\(text)"
        case .unusableAnswer: "consul: \(operation): the answer can't be used\(text)"
        }
    }
}
