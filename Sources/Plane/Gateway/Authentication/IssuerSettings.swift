import Tokens

/// Somebody whose tokens the gateway believes, as its file says it.
struct IssuerSettings: Sendable, Hashable {
    /// Where the issuer's keys are.
    enum Keys: Sendable, Hashable {
        /// Where its own document says: `<issuer>/.well-known/openid-configuration` (OpenID Connect Discovery 1.0 §4).
        case discovery
        /// A JWK set at a URL: https, or http to an address of one's own network.
        case url(String)
        /// A JWK set that a registered service answers: `service://auth/jwks.json`.
        case service(String)
        /// A JWK set in a file, read at the start.
        case file(String)
        /// The secret of HS256 in a file; one line end at its end is dropped.
        case secretFile(String)
        /// The secret of HS256 in a variable of the environment.
        case secretVariable(String)

        /// Whether whoever verifies can sign, too.
        var isShared: Bool {
            switch self {
            case .secretFile, .secretVariable: true
            case .discovery, .url, .service, .file: false
            }
        }
    }

    /// The `iss` of its tokens, to the byte.
    var issuer: String
    /// One of these must be in `aud`, to the byte.
    var audiences: [String]
    /// How its tokens may be signed; `HS256` only with a secret, and then alone.
    var algorithms = ["ES256", "EdDSA", "RS256"]
    /// Where its keys are.
    var keys = Keys.discovery
    /// The `typ` that its tokens must have, such as `at+jwt`; nil for any.
    var type: String?
}
