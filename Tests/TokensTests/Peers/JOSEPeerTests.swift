import Secrets
import TestSupport
import Testing

@testable import Tokens

@Suite("other libraries' tokens", .enabled(if: Program.isPythonWanted, "needs TEST_PYTHON"))
struct JOSEPeerTests {
    static let peers: [String] = ["pyjwt", "jwcrypto"]

    /// The JWK that a library signs with, or verifies with: the shared secret, or a half of the pair.
    private func jwk(_ algorithm: SigningAlgorithm, _ pair: KeyPair?, isPrivate: Bool) throws -> ClaimValue {
        guard let pair else {
            let k = Fixture.secret.withBytes { Base64URL.encode($0) }
            return .object(["kty": .string("oct"), "k": .string(k), "kid": .string("k")])
        }
        var members = try pair.publicKey.members(id: "k", algorithm: algorithm)
        if isPrivate { members.merge(try pair.native.privateMembers()) { $1 } }
        return .object(members)
    }

    private func pair(_ algorithm: SigningAlgorithm) throws -> KeyPair? {
        switch algorithm {
        case .hs256: nil
        case .rs256, .ps256: try .generate(.rsa)
        case .es256: try .generate(.p256)
        case .edDSA: try .generate(.ed25519)
        }
    }

    @Test("each algorithm, both libraries, both directions", arguments: peers, SigningAlgorithm.allCases)
    func interoperate(peer: String, algorithm: SigningAlgorithm) async throws {
        let pair = try pair(algorithm)
        let key =
            try pair.map { try SigningKey($0, id: "k", algorithm: algorithm) }
            ?? SigningKey(SharedKey(Fixture.secret), id: "k")
        // The library looks at its own clock.
        var claims = Fixture.claims
        claims.issuedAt = .now
        claims.expiration = .now + .seconds(600)
        let ours = try (0..<5).map { _ in try TokenSigner(key).sign(claims) }
        let common: [String: ClaimValue] = ["with": .string(peer), "alg": .string(algorithm.rawValue)]
        let mint: [String: ClaimValue] = [
            "do": .string("mint"), "jwk": try jwk(algorithm, pair, isPrivate: true),
            "claims": .object(claims.object),
        ]
        let publicKey = try jwk(algorithm, pair, isPrivate: false)
        let tokens = ours + [try forged(ours[0], by: key)]
        let verify = tokens.map { token in
            common.merging(["do": .string("verify"), "jwk": publicKey, "token": .string(token)]) { $1 }
        }
        let answers = try await JOSEPeer.ask(Array(repeating: common.merging(mint) { $1 }, count: 5) + verify)
        try #require(answers.count == 11)
        for answer in answers[0..<5] {
            let token = try #require(answer["token"]?.string)
            let verified = try Fixture.verifier.verify(
                Array(token.utf8).span,
                keys: KeySet([key.verificationKey]),
                at: .now
            )
            #expect(verified.claims == claims)
        }
        for answer in answers[5..<10] { #expect(answer["claims"] == .object(claims.object), "\(answer)") }
        // Refused for its signature, by either library's name for that; not for something else.
        #expect(answers[10]["error"]?.string?.contains("Signature") == true, "\(answers[10])")
    }

    /// The token with the same key's signature over something else.
    private func forged(_ token: String, by key: SigningKey) throws -> String {
        let parts = token.split(separator: ".")
        let signature = try key.sign([1])
        return "\(parts[0]).\(parts[1]).\(Base64URL.encode(signature.span))"
    }

    @Test("keys and thumbprints of others", arguments: [SigningAlgorithm.rs256, .es256, .edDSA])
    func keys(algorithm: SigningAlgorithm) async throws {
        let pair = try #require(try pair(algorithm))
        let publicJWK = try pair.publicKey.members(id: "k", algorithm: nil)
        let answers = try await JOSEPeer.ask([
            ["do": .string("thumbprint"), "jwk": .object(publicJWK)],
            ["do": .string("rsa"), "bits": .integer(2048)],
            ["do": .string("rsa"), "bits": .integer(1024)],
        ])
        try #require(answers.count == 3)
        #expect(answers[0]["thumbprint"] == .string(pair.publicKey.thumbprint))
        guard case .object(let rsa) = answers[1]["jwk"], case .object(let small) = answers[2]["jwk"] else {
            Issue.record("no key came")
            return
        }
        let fromPEM = try KeyPair(pem: Secret(try #require(answers[1]["pem"]?.string)))
        #expect(try KeyPair(jwk: Secret(ClaimWriter.encode(rsa))).publicKey == fromPEM.publicKey)
        #expect(throws: KeyError.self) { try KeyPair(jwk: Secret(ClaimWriter.encode(small))) }
        #expect(throws: KeyError.self) { try KeyPair(pem: Secret(try #require(answers[2]["pem"]?.string))) }
    }
}
