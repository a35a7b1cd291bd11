package import Tokens

/// Somebody whose tokens are believed: by which rules, and with which keys.
package struct TokenIssuer: Sendable {
    /// Where the issuer's keys come from.
    package enum Keys: Sendable {
        /// Given once.
        case fixed(KeySet)
        /// Fetched, and kept up to date.
        case fetched(KeySetCache)
    }

    /// The rules; its `issuer` is the `iss` of the tokens.
    package let verifier: TokenVerifier
    /// The keys.
    package let keys: Keys

    /// Puts rules and keys together.
    package init(_ verifier: TokenVerifier, _ keys: Keys) {
        self.verifier = verifier
        self.keys = keys
    }

    /// The cache of the keys, where they are fetched.
    var cache: KeySetCache? {
        if case .fetched(let cache) = keys { cache } else { nil }
    }

    /// Goes up when the keys change; 0 without keys. Costs no lock.
    var generation: UInt64 {
        switch keys {
        case .fixed: 1
        case .fetched(let cache): cache.generation
        }
    }

    func verify(_ token: UnverifiedToken, at now: UnixTime) async throws(TokenError) -> VerifiedToken {
        switch keys {
        case .fixed(let keys): try verifier.verify(token, keys: keys, at: now)
        case .fetched(let cache): try await cache.verify(token, by: verifier, at: now)
        }
    }
}
