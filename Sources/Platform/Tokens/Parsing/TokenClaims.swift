/// What a token says (RFC 7519 §4). From ``TokenVerifier`` only what was checked; to ``TokenSigner`` what shall be said.
public struct TokenClaims: Sendable, Hashable {
    /// `iss`: who issued it, compared byte for byte.
    public var issuer: String?
    /// `sub`: about whom it speaks.
    public var subject: String?
    /// `aud`: for whom it is meant; one string on the wire where there is one.
    public var audience: [String] = []
    /// `exp`: it ends before this time.
    public var expiration: UnixTime?
    /// `nbf`: it is not valid before.
    public var notBefore: UnixTime?
    /// `iat`: when it was issued.
    public var issuedAt: UnixTime?
    /// `jti`: its own id.
    public var id: String?
    /// All other claims by name. The seven names above are left out here, and ignored when signing.
    public var extra: [String: ClaimValue] = [:]

    /// `scope`, split at spaces (RFC 8693 §4.2); empty when it is missing or no string.
    public var scopes: [String] {
        extra["scope"]?.string?.split(separator: " ").map(String.init) ?? []
    }

    /// `roles` (RFC 9068 §2.2.3.1); empty when it is missing or no array of strings.
    public var roles: [String] { extra["roles"]?.strings ?? [] }

    /// Makes claims that say nothing yet.
    public init() {}
}

extension TokenClaims {
    /// Reads claims and checks the kind of each registered one.
    init(_ object: [String: ClaimValue]) throws(TokenError) {
        extra = object
        issuer = try Self.text(extra.removeValue(forKey: "iss"))
        subject = try Self.text(extra.removeValue(forKey: "sub"))
        id = try Self.text(extra.removeValue(forKey: "jti"))
        audience = try Self.texts(extra.removeValue(forKey: "aud"))
        expiration = try Self.time(extra.removeValue(forKey: "exp"))
        notBefore = try Self.time(extra.removeValue(forKey: "nbf"))
        issuedAt = try Self.time(extra.removeValue(forKey: "iat"))
    }

    /// The JSON object that a token carries.
    var object: [String: ClaimValue] {
        var object = extra
        object["iss"] = issuer.map(ClaimValue.string)
        object["sub"] = subject.map(ClaimValue.string)
        object["jti"] = id.map(ClaimValue.string)
        object["aud"] =
            audience.count > 1
            ? .array(audience.map(ClaimValue.string)) : audience.first.map(ClaimValue.string)
        object["exp"] = expiration.map { .integer($0.seconds) }
        object["nbf"] = notBefore.map { .integer($0.seconds) }
        object["iat"] = issuedAt.map { .integer($0.seconds) }
        return object
    }

    private static func text(_ value: ClaimValue?) throws(TokenError) -> String? {
        guard let value else { return nil }
        guard let text = value.string, !text.isEmpty else { throw .malformedClaim }
        return text
    }

    private static func texts(_ value: ClaimValue?) throws(TokenError) -> [String] {
        guard let value else { return [] }
        guard let texts = value.string.map({ [$0] }) ?? value.strings else { throw .malformedClaim }
        return texts
    }

    private static func time(_ value: ClaimValue?) throws(TokenError) -> UnixTime? {
        guard let value else { return nil }
        return try UnixTime(claim: value)
    }
}
