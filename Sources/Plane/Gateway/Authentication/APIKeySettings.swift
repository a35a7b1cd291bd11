import Documents
import JSON
import Tokens

/// A key of a program that calls the gateway, as its file says it: its digest, never the key itself.
struct APIKeySettings: Sendable, Hashable {
    /// What it is called in logs and limits.
    var id: String
    /// The SHA-256 of the whole key, 64 hex digits.
    var sha256: String
    /// Who calls with it.
    var subject: String
    /// The caller's roles.
    var roles: [String] = []
    /// The caller's scopes.
    var scopes: [String] = []
    /// The caller's tenant.
    var tenant: String?
    /// From when it is refused; nil for never.
    var expires: UnixTime?

    /// Reads a key; nil where it can't be used, which is noted.
    static func read(_ reader: inout ObjectReader) -> APIKeySettings? {
        let id = reader.requiredText("id", atMost: 64)
        let digest = reader.requiredText("sha256", atMost: 64)
        let subject = reader.requiredText("subject")
        let (roles, scopes) = (reader.texts("roles"), reader.texts("scopes"))
        let tenant = reader.text("tenant")
        let expires = reader.value("expires", "a time such as \"2027-01-31T12:00:00Z\"") { value in
            value.string.flatMap { JSONTimestamp.seconds(of: $0) }.map { UnixTime(seconds: $0) }
        }
        guard let id, let digest, let subject else { return nil }
        return APIKeySettings(
            id: id,
            sha256: digest,
            subject: subject,
            roles: roles,
            scopes: scopes,
            tenant: tenant,
            expires: expires
        )
    }
}
