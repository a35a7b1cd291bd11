public import HTTP
public import Telemetry

/// Who may call a route.
public struct Authorization: Sendable, Hashable {
    /// Whether everybody may, without being asked who they are.
    public let isOpen: Bool
    /// One of these roles is needed; none when empty.
    public let roles: [String]
    /// All of these scopes are needed (RFC 6749 §3.3).
    public let scopes: [String]

    /// Puts a rule together.
    package init(isOpen: Bool, roles: [String], scopes: [String]) {
        self.isOpen = isOpen
        self.roles = roles
        self.scopes = scopes
    }

    /// Everybody; the caller is not authenticated.
    public static let open = Authorization(isOpen: true, roles: [], scopes: [])
    /// Everybody who is authenticated.
    public static let authenticated = Authorization(isOpen: false, roles: [], scopes: [])

    /// Who has one of these roles.
    public static func role(_ names: String...) -> Authorization {
        Authorization(isOpen: false, roles: names, scopes: [])
    }

    /// Who has all of these scopes.
    public static func scope(_ names: String...) -> Authorization {
        Authorization(isOpen: false, roles: [], scopes: names)
    }

    /// What is to be answered to a caller: nil when they may, 401 to one who is unknown, 403 to one who lacks a role or
    /// a scope (RFC 6750 §3.1).
    public func refusal(of principal: Principal?) -> Problem? {
        guard !isOpen else { return nil }
        guard let principal else {
            return Problem(.unauthorized, reason: "unauthenticated", fields: ["www-authenticate": "Bearer"])
        }
        guard roles.isEmpty || roles.contains(where: principal.roles.contains) else {
            // RFC 6750 §3.1: the token allows less than is asked for.
            let challenge = "Bearer error=\"insufficient_scope\""
            return Problem(.forbidden, reason: "role_missing", fields: ["www-authenticate": challenge])
        }
        guard scopes.allSatisfy(principal.scopes.contains) else {
            let challenge = "Bearer error=\"insufficient_scope\", scope=\"\(scopes.joined(separator: " "))\""
            return Problem(.forbidden, reason: "scope_missing", fields: ["www-authenticate": challenge])
        }
        return nil
    }
}
