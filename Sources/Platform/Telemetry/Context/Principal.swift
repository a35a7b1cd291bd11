/// Who a request acts for, as its verified token says.
public struct Principal: Sendable, Hashable {
    /// The token's `sub`: a user's id, or `service:<name>`.
    public let subject: String
    /// What it is to the system: `host`, `admin`.
    public let roles: [String]
    /// What the token allows (OAuth 2.0 scopes, RFC 6749 §3.3).
    public let scopes: [String]
    /// Whose data it may see where several customers share a system; nil where they don't.
    public let tenant: String?

    /// Puts the parts together.
    public init(subject: String, roles: [String] = [], scopes: [String] = [], tenant: String? = nil) {
        self.subject = subject
        self.roles = roles
        self.scopes = scopes
        self.tenant = tenant
    }

    /// Whether it has a role.
    public func has(role: String) -> Bool { roles.contains(role) }

    /// Whether its token allows a scope.
    public func has(scope: String) -> Bool { scopes.contains(scope) }
}
