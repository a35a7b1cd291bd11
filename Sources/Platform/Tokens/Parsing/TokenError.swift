/// Why a token was refused. It tells the rule and never a byte of the token, so it may be logged and counted.
///
/// The raw value is stable: it is the `result` label of `auth_tokens_total` and fit for a problem's `reason`.
public enum TokenError: String, Error, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// More bytes than the verifier takes.
    case tooLong = "token_too_long"
    /// Not three parts of canonical base64url with a JSON object in the first two (RFC 7515 §7.1).
    case malformed = "token_malformed"
    /// A header with `crit`, `b64`, `jwk`, `jku`, `x5c`, `x5u`, `zip` or `enc`: each would let the token say how it is read.
    case forbiddenHeader = "token_header_forbidden"
    /// An algorithm that does not exist here, or that this issuer may not use; `none` too.
    case algorithmNotAllowed = "token_algorithm_not_allowed"
    /// A `typ` other than the one that is asked for (RFC 8725 §3.11).
    case wrongType = "token_type_wrong"
    /// No key of the issuer has this `kid` and algorithm; or there is no `kid` and more than one key would do.
    case unknownKey = "token_key_unknown"
    /// The issuer's keys can't be had, or are older than they may be: no fault of the client.
    case keysUnavailable = "token_keys_unavailable"
    /// The signature is not of this key over these bytes.
    case invalidSignature = "token_signature_invalid"
    /// A registered claim of the wrong kind: a string for `exp`, a negative time, an empty `sub` (RFC 7519 §4.1).
    case malformedClaim = "token_claim_malformed"
    /// `iss`, `aud` or `exp` is missing.
    case missingClaim = "token_claim_missing"
    /// Another issuer than the one whose keys verify it.
    case wrongIssuer = "token_issuer_wrong"
    /// Meant for others.
    case wrongAudience = "token_audience_wrong"
    /// `exp` lies behind, the skew counted.
    case expired = "token_expired"
    /// `nbf` lies ahead, the skew counted.
    case notYetValid = "token_not_yet_valid"
    /// `iat` lies ahead, the skew counted.
    case issuedInFuture = "token_issued_in_future"
    /// The token or its subject was revoked.
    case revoked = "token_revoked"

    /// Fit for a client to read.
    public var description: String {
        switch self {
        case .tooLong: "the token is too long"
        case .malformed: "the token is not a signed JWT in compact form"
        case .forbiddenHeader: "the token's header has a parameter that is not accepted"
        case .algorithmNotAllowed: "the token's algorithm is not accepted"
        case .wrongType: "the token is of another type"
        case .unknownKey: "the token's key is not known"
        case .keysUnavailable: "the issuer's keys are not available; try again later"
        case .invalidSignature: "the token's signature is not valid"
        case .malformedClaim: "a claim of the token is malformed"
        case .missingClaim: "the token lacks iss, aud or exp"
        case .wrongIssuer: "the token is from another issuer"
        case .wrongAudience: "the token is meant for others"
        case .expired: "the token has expired"
        case .notYetValid: "the token is not valid yet"
        case .issuedInFuture: "the token was issued in the future"
        case .revoked: "the token was revoked"
        }
    }
}
