import Synchronization
import Tokens

/// A token that was verified, with all that the next request with it needs.
final class KnownToken: Sendable {
    let identity: Identity
    let claims: TokenClaims
    /// Which issuer's it is, and under which of its keys it was verified.
    let issuer: Int
    let generation: UInt64
    /// The list of revocations in which it was not found.
    private let cleared = Atomic<UInt64>(0)

    init(_ token: VerifiedToken, of issuer: Int, _ generation: UInt64) throws(TokenError) {
        identity = try Identity(token)
        claims = token.claims
        self.issuer = issuer
        self.generation = generation
    }

    /// Looks whether it was revoked, if the list has changed since it was looked at last.
    func check(_ revocations: RevocationList) throws(TokenError) {
        // Read before the list: one that changes meanwhile is looked at again.
        let generation = revocations.generation
        guard generation != cleared.load(ordering: .relaxed) else { return }
        try revocations.check(claims)
        cleared.store(generation, ordering: .relaxed)
    }
}
