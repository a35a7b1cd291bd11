package import HTTP
package import Telemetry
package import Tokens

/// Who sends requests, as a token or a key says: made once, and used by all requests that bring the same one.
package final class Identity: Sendable {
    /// What can't be said in a field without meaning something else.
    package enum Mistake: String, Error, Sendable {
        /// No subject, or one that a field would change: a control byte, or a space at an end.
        case subject =
            "a subject is one byte or more, without control characters and without a space at either end"
        /// A role or scope that a field would split or change.
        case grant = "a role or scope is one byte or more, without spaces and control characters"
    }

    /// Who it is.
    package let principal: Principal
    /// The id of the API key that says so; nil for a token.
    package let keyID: String?
    /// The same as fields for those behind the gateway (``IdentityFields``); without roles or scopes, no field for them.
    package let fields: HTTPFields

    /// Takes a principal of which every part can be said in a field.
    package init(_ principal: Principal, keyID: String? = nil) throws(Mistake) {
        guard Self.isText(principal.subject) else { throw .subject }
        guard principal.roles.allSatisfy(Self.isWord), principal.scopes.allSatisfy(Self.isWord) else {
            throw .grant
        }
        self.principal = principal
        self.keyID = keyID
        var fields: HTTPFields = [IdentityFields.subject: principal.subject]
        for (name, words) in [
            (IdentityFields.roles, principal.roles), (IdentityFields.scopes, principal.scopes),
        ] where !words.isEmpty {
            fields.append(name, words.joined(separator: " "))
        }
        self.fields = fields
    }

    /// Takes what a verified token says.
    ///
    /// - Throws: `missingClaim` without `sub`; `malformedClaim` for what can't be said in a field.
    package convenience init(_ token: VerifiedToken) throws(TokenError) {
        guard let subject = token.claims.subject else { throw .missingClaim }
        let principal = Principal(
            subject: subject,
            roles: token.roles,
            scopes: token.scopes,
            tenant: token.claims.extra["tenant"]?.string
        )
        do throws(Mistake) { try self.init(principal) } catch { throw .malformedClaim }
    }

    private static func isText(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return first != UInt8(ascii: " ") && last != UInt8(ascii: " ")
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
