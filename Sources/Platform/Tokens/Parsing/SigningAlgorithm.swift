/// How a token is signed (RFC 7518 §3.1, RFC 8037 §3.1). `none` does not exist here.
public enum SigningAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// HMAC with SHA-256: whoever can verify can sign. Only with a secret of 32 bytes or more.
    case hs256 = "HS256"
    /// RSASSA-PKCS1-v1_5 with SHA-256, keys of 2048 to 4096 bits.
    case rs256 = "RS256"
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes, keys of 2048 to 4096 bits.
    case ps256 = "PS256"
    /// ECDSA on P-256 with SHA-256; the signature is r and s, 32 bytes each.
    case es256 = "ES256"
    /// Ed25519 (RFC 8032); Ed448 is not supported.
    case edDSA = "EdDSA"
}
