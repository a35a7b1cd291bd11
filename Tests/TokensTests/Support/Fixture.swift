import Secrets
import Testing

@testable import Tokens

extension Base64URL {
    /// The bytes of any string in this form.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? { decode(Array(text.utf8).span) }
}

/// An issuer with a key of each kind, made once a run, and its rules.
enum Fixture {
    static let now = UnixTime(seconds: 1_800_000_000)
    static let issuer = "https://front.example/auth"
    static let secret = Secret([UInt8](repeating: 7, count: 32))

    static let signers: [SigningAlgorithm: SigningKey] = {
        var keys: [SigningAlgorithm: SigningKey] = [:]
        do {
            keys[.hs256] = SigningKey(try SharedKey(secret), id: "hs256")
            let rsa = try KeyPair.generate(.rsa)
            keys[.rs256] = try SigningKey(rsa, id: "rs256", algorithm: .rs256)
            keys[.ps256] = try SigningKey(rsa, id: "ps256", algorithm: .ps256)
            keys[.es256] = try SigningKey(.generate(.p256), id: "es256")
            keys[.edDSA] = try SigningKey(.generate(.ed25519), id: "eddsa")
        } catch {
            Issue.record("\(error)")
        }
        return keys
    }()

    static let keys = KeySet(SigningAlgorithm.allCases.compactMap { signers[$0]?.verificationKey })

    static var verifier: TokenVerifier {
        var verifier = TokenVerifier(issuer: issuer, audiences: ["us"])
        verifier.algorithms = SigningAlgorithm.allCases
        return verifier
    }

    static func signer(_ algorithm: SigningAlgorithm) throws -> SigningKey {
        try #require(signers[algorithm])
    }

    /// Claims that are good now.
    static var claims: TokenClaims {
        var claims = TokenClaims()
        claims.issuer = issuer
        claims.subject = "user-1"
        claims.audience = ["us"]
        claims.issuedAt = now
        claims.expiration = now + .seconds(600)
        claims.id = "token-1"
        claims.extra = ["roles": .array([.string("host")]), "scope": .string("read write")]
        return claims
    }

    /// A good token.
    static func token(_ algorithm: SigningAlgorithm = .es256, _ claims: TokenClaims = claims) throws -> String
    {
        try TokenSigner(signer(algorithm)).sign(claims)
    }

    /// A token with any header and payload, signed in truth by one of the issuer's keys.
    static func token(
        header: String,
        payload: String,
        by algorithm: SigningAlgorithm = .es256
    ) throws -> String {
        try token(headerBytes: Array(header.utf8), payloadBytes: Array(payload.utf8), by: algorithm)
    }

    static func token(
        headerBytes: [UInt8],
        payloadBytes: [UInt8],
        by algorithm: SigningAlgorithm = .es256
    ) throws -> String {
        let input = "\(Base64URL.encode(headerBytes.span)).\(Base64URL.encode(payloadBytes.span))"
        let signature = try signer(algorithm).sign(Array(input.utf8))
        return "\(input).\(Base64URL.encode(signature.span))"
    }

    /// What the verifier says of a token: nil when it is good.
    static func refusal(
        _ token: String,
        verifier: TokenVerifier = verifier,
        keys: KeySet = keys
    ) -> TokenError? {
        do throws(TokenError) {
            _ = try verifier.verify(Array(token.utf8).span, keys: keys, at: now)
            return nil
        } catch { return error }
    }

    /// A good payload as text, with members put in or taken out.
    static func payload(_ changes: [String: ClaimValue?] = [:]) -> String {
        var object = claims.object
        for (name, value) in changes { object[name] = value }
        return String(decoding: ClaimWriter.encode(object), as: UTF8.self)
    }

    static let header = #"{"alg":"ES256","kid":"es256"}"#
}
