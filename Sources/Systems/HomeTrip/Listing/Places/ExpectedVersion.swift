import Vigie

/// What a client says that it has read of what it changes: `If-Match` (RFC 9110 §13.1.1), in the form of our own `ETag`s.
struct ExpectedVersion: HandlerInput, Sendable {
    /// The version; nil without the field.
    let version: Int?

    static func describe(_ route: inout RouteShape) { route.addHeader("if-match") }

    static func read(from call: inout RouteCall) throws -> ExpectedVersion {
        guard let text = call.request.fields["if-match"] else { return ExpectedVersion(version: nil) }
        guard text.hasPrefix("\""), text.hasSuffix("\""), let version = Int(text.dropFirst().dropLast())
        else {
            throw Problem(
                .badRequest,
                detail: "If-Match must be the ETag of what was read, such as \"3\"",
                reason: "if_match"
            )
        }
        return ExpectedVersion(version: version)
    }

    /// The version that a change is made upon, which field or content say.
    ///
    /// - Throws: 428 when neither does (RFC 6585 §3); 409 when they contradict each other.
    func orElse(_ content: Int?) throws(Problem) -> Int {
        guard let expected = version ?? content else {
            throw Problem(
                428,
                detail: "say which version is changed: `version` in the content, or If-Match",
                reason: "version_missing"
            )
        }
        guard version == nil || content == nil || version == content else {
            throw Problem(.conflict, detail: "If-Match and `version` differ", reason: "version_conflict")
        }
        return expected
    }

    /// The answer to a change of what has changed meanwhile.
    static func stale(_ current: Int) -> Problem {
        Problem(
            .conflict,
            detail: "it has been changed meanwhile and is at version \(current); read it again",
            reason: "version_conflict",
            isRetryable: false
        )
    }

    /// The `ETag` of a version.
    static func tag(_ version: Int) -> HTTPFields { [.eTag: "\"\(version)\""] }
}
