/// What is wrong at one place of a document.
///
/// It holds no value of the document, only its keys, so it may be logged and sent to the client.
public struct JSONFieldProblem: Sendable, Hashable, CustomStringConvertible {
    /// Where: the field that is missing or bad; for malformed text the value that was being read.
    public let path: JSONPath
    /// What is wrong.
    public let reason: JSONReason
    /// What would be right, in words, such as `an integer from 0 to 255`; empty when the reason says it all.
    public let expected: String
    /// The bytes before the place in the text; nil when the value did not come from a text.
    public let offset: Int?

    /// Describes a problem, also one that a service's own validation found.
    public init(path: JSONPath, reason: JSONReason, expected: String = "", offset: Int? = nil) {
        self.path = path
        self.reason = reason
        self.expected = expected
        self.offset = offset
    }

    /// Path, reason, expectation and offset in one line.
    public var description: String {
        var text = path.components.isEmpty ? "" : "\(path): "
        text += reason.detail
        if !expected.isEmpty { text += ", expected \(expected)" }
        if let offset { text += " (at byte \(offset))" }
        return text
    }
}
