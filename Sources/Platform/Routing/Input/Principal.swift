/// Who calls: placeholder for the type of this name in module Telemetry, which takes its place when the two meet.
public struct Principal: Sendable, Hashable {
    /// Who it is, stable: a token's `sub` (RFC 7519 §4.1.2).
    public let subject: String
    /// What they are.
    public let roles: [String]
    /// What the token was given for (RFC 6749 §3.3).
    public let scopes: [String]

    /// Names a caller.
    public init(subject: String, roles: [String] = [], scopes: [String] = []) {
        self.subject = subject
        self.roles = roles
        self.scopes = scopes
    }
}
