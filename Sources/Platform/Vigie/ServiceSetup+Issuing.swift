import Authentication
import Discovery
import Tokens

/// What a service needs that issues tokens itself.
extension ServiceSetup {
    /// Has callers found out by tokens of the service's own, in the place of those that `auth.*` names.
    ///
    /// - Parameters:
    ///   - issuer: the `iss` of the tokens.
    ///   - audiences: one of these must stand in `aud`.
    ///   - keys: the JWK set that the tokens are verified with; asked for each minute, and when a token names a key that is
    ///     not known yet, at most each second. While it throws, the last keys serve.
    public func believes(
        issuer: String,
        audiences: [String],
        keys: @escaping @Sendable () async throws -> [UInt8]
    ) {
        var timing = KeySetTiming()
        (timing.refresh, timing.unknownKeyPause) = (.seconds(60), .seconds(1))
        timing.negative = .seconds(1)
        let cache = KeySetCache(url: issuer, timing: timing) { _ in try await keys() }
        believes(TokenIssuer(TokenVerifier(issuer: issuer, audiences: audiences), .fetched(cache)))
    }

    /// The list of revoked tokens that all gateways of the system follow; nil where no registry is named, and so nobody
    /// follows one.
    public var revocations: RevokedTokens? { discovery.map { RevokedTokens(client: $0.client) } }
}
