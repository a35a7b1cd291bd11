/// The rules by which one issuer's tokens are believed (RFC 7519 §7.2, RFC 8725 §3).
///
/// Pure: keys and time are passed in. The algorithm is chosen by this list and by the key, never by the token alone.
public struct TokenVerifier: Sendable {
    /// `iss`, to the byte: a string that merely looks or normalizes alike is another issuer.
    public var issuer: String
    /// One of these must stand in `aud`, to the byte.
    public var audiences: [String]
    /// The algorithms that this issuer uses. `HS256` only by naming it, and then with a ``SharedKey``.
    public var algorithms: [SigningAlgorithm] = [.es256, .edDSA, .rs256]
    /// The `typ` that is demanded, such as `at+jwt`; nil for any or none.
    public var type: String?
    /// How far the clocks of issuer and verifier may differ; default 30 s.
    public var skew: Duration = .seconds(30)
    /// The most bytes that a token may have; default 8 KiB.
    public var byteLimit = UnverifiedToken.defaultByteLimit

    /// Believes the tokens of `issuer` that are meant for one of `audiences`.
    public init(issuer: String, audiences: [String]) {
        self.issuer = issuer
        self.audiences = audiences
    }

    /// Takes a token apart and verifies it.
    ///
    /// - Throws: ``TokenError``, naming the first rule that it breaks.
    public func verify(
        _ text: Span<UInt8>,
        keys: KeySet,
        at now: UnixTime
    ) throws(TokenError) -> VerifiedToken {
        try verify(UnverifiedToken(parsing: text, byteLimit: byteLimit), keys: keys, at: now)
    }

    /// Verifies a token that was taken apart already, to choose this verifier by its issuer.
    ///
    /// - Throws: ``TokenError``, naming the first rule that it breaks: form, key and signature before claims.
    public func verify(
        _ token: UnverifiedToken,
        keys: KeySet,
        at now: UnixTime
    ) throws(TokenError) -> VerifiedToken {
        let header = token.header
        guard algorithms.contains(header.algorithm) else { throw .algorithmNotAllowed }
        if let type, !header.isType(type) { throw .wrongType }
        guard let key = keys.key(for: header) else { throw .unknownKey }
        guard key.isValid(token.signature, for: token.signingInput, algorithm: header.algorithm) else {
            throw .invalidSignature
        }
        return VerifiedToken(token, end: try checkClaims(token.claims, at: now))
    }

    /// Gives back the time from which the token counts as expired.
    private func checkClaims(_ claims: TokenClaims, at now: UnixTime) throws(TokenError) -> UnixTime {
        guard let issuer = claims.issuer, !claims.audience.isEmpty, let expiration = claims.expiration
        else { throw .missingClaim }
        // Strings equal in Swift when they are canonically equivalent; claims are compared without
        // normalization (RFC 7519 §7.3).
        guard issuer.utf8.elementsEqual(self.issuer.utf8) else { throw .wrongIssuer }
        guard claims.audience.contains(where: isOurs) else { throw .wrongAudience }
        let end = expiration + skew
        guard now < end else { throw .expired }
        let latest = now + skew
        if let notBefore = claims.notBefore, latest < notBefore { throw .notYetValid }
        if let issuedAt = claims.issuedAt, latest < issuedAt { throw .issuedInFuture }
        return end
    }

    private func isOurs(_ audience: String) -> Bool {
        audiences.contains { $0.utf8.elementsEqual(audience.utf8) }
    }
}
