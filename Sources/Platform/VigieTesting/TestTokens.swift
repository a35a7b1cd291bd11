import Vigie

/// Signs tokens that a service under test believes.
struct TestTokens: Sendable {
    private static let name = "test"

    private let secret =
        String(UInt64.random(in: .min ... .max), radix: 16) + String(repeating: "k", count: 32)
    private let signer: TokenSigner

    init() throws {
        signer = TokenSigner(SigningKey(try SharedKey(Secret(secret))))
    }

    /// The settings by which they are believed.
    var settings: [String: String] {
        ["auth.issuer": Self.name, "auth.audience": Self.name, "auth.secret": secret]
    }

    /// A token that is good for an hour.
    func token(for subject: String, roles: [String], scopes: [String]) throws -> String {
        var claims = TokenClaims()
        claims.issuer = Self.name
        claims.audience = [Self.name]
        claims.subject = subject
        claims.issuedAt = .now
        claims.expiration = .now + .seconds(3_600)
        if !roles.isEmpty { claims.extra["roles"] = .array(roles.map { .string($0) }) }
        if !scopes.isEmpty { claims.extra["scope"] = .string(scopes.joined(separator: " ")) }
        return try signer.sign(claims)
    }
}
