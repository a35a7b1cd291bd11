import FoundationEssentials
import Vigie

/// Issues access tokens (RFC 9068).
struct AccessTokens: Sendable {
    let keys: KeyRing
    let issuer: String
    let audience: String
    let lifetime: Duration

    /// A token with its `jti` and its end.
    struct Issued: Sendable {
        let text: String
        let id: UUID
        let end: Date
    }

    /// A token for an account.
    func issue(to account: UUID, roles: [String], at now: Date) async throws -> Issued {
        let id = UUID.version7(at: now)
        let start = UnixTime(seconds: Int64(now.timeIntervalSince1970.rounded(.down)))
        let end = start + lifetime
        var claims = TokenClaims()
        claims.issuer = issuer
        claims.audience = [audience]
        claims.subject = account.uuidString.lowercased()
        claims.id = id.uuidString.lowercased()
        claims.issuedAt = start
        claims.expiration = end
        claims.extra["roles"] = .array(roles.map { .string($0) })
        let text = try await keys.signer().sign(claims)
        return Issued(text: text, id: id, end: Date(timeIntervalSince1970: Double(end.seconds)))
    }
}
