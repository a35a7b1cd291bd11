/// A token whose signature and claims a ``TokenVerifier`` found good.
public final class VerifiedToken: Sendable {
    /// What it says of its form and key.
    public let header: TokenHeader
    /// What it says. `issuer`, `audience` and `expiration` are there and were checked.
    public let claims: TokenClaims
    /// The time from which it counts as expired: its `exp` and the verifier's skew.
    public let end: UnixTime

    init(_ token: UnverifiedToken, end: UnixTime) {
        header = token.header
        claims = token.claims
        self.end = end
    }
}
