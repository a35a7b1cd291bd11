/// A token whose signature and claims a ``TokenVerifier`` found good.
public final class VerifiedToken: Sendable {
    /// What it says of its form and key.
    public let header: TokenHeader
    /// What it says. `issuer`, `audience` and `expiration` are there and were checked.
    public let claims: TokenClaims
    /// The time from which it counts as expired: its `exp` and the verifier's skew.
    public let end: UnixTime
    /// ``TokenClaims/roles`` and ``TokenClaims/scopes``, taken apart once for all requests that bring the token.
    package let roles: [String]
    package let scopes: [String]

    init(_ token: UnverifiedToken, end: UnixTime) {
        header = token.header
        claims = token.claims
        self.end = end
        roles = claims.roles
        scopes = claims.scopes
    }
}
