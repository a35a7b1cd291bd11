/// What a verifier asks an issuer for (OpenID Connect Discovery 1.0 §3, RFC 8414 §2), as far as there is something to tell:
/// there are no redirects here, and no ID tokens.
struct IssuerMetadata: Encodable, Sendable {
    private let issuer: String
    private let jwksURI: String
    private let responseTypes: [String] = []
    private let subjectTypes = ["public"]
    private let algorithms = ["ES256"]

    init(issuer: String) {
        self.issuer = issuer
        jwksURI = issuer + "/.well-known/jwks.json"
    }

    private enum CodingKeys: String, CodingKey {
        case issuer
        case jwksURI = "jwks_uri"
        case responseTypes = "response_types_supported"
        case subjectTypes = "subject_types_supported"
        case algorithms = "id_token_signing_alg_values_supported"
    }
}
