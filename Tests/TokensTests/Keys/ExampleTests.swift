import Testing

@testable import Tokens

@Suite("the standards' examples") struct ExampleTests {
    @Test("all of them are there")
    func count() {
        #expect(Examples.signed.count == 6)
        #expect(Examples.unsupported.count == 2)
    }

    @Test("a signed example is verified, and not when changed", arguments: Examples.signed)
    func verifies(example: Examples.Signed) throws {
        let key = try example.signingKey().verificationKey
        var (message, signature) = example.parts
        #expect(key.isValid(signature, for: message, algorithm: example.algorithm))
        signature[signature.count / 2] ^= 1
        #expect(!key.isValid(signature, for: message, algorithm: example.algorithm))
        signature[signature.count / 2] ^= 1
        message.append(0)
        #expect(!key.isValid(signature, for: message, algorithm: example.algorithm))
    }

    @Test("where a signature has no chance in it, ours is the example's", arguments: Examples.signed)
    func signs(example: Examples.Signed) throws {
        let (message, signature) = example.parts
        let own = try example.signingKey().sign(message)
        #expect((own == signature) == (example.algorithm != .es256))
    }

    @Test("RFC 7515 A.4 (ES512) and A.5 (none) are refused", arguments: Examples.unsupported)
    func refuses(token: String) {
        #expect(throws: TokenError.algorithmNotAllowed) {
            try UnverifiedToken(parsing: Array(token.utf8).span)
        }
    }

    @Test("RFC 7517 A.1: of the set, what is for signing is taken")
    func publicSet() throws {
        // The EC key there is for encryption.
        let keys = try KeySet(jwks: Examples.publicSet).keys
        #expect(keys.map(\.id) == ["2011-04-29"])
        #expect(keys.first?.algorithms == [.rs256])
    }

    @Test("RFC 7638 §3.1 and RFC 8037 A.3: thumbprints")
    func thumbprints() throws {
        let set = try KeySet(jwks: Examples.publicSet).jwks()
        guard case .array(let keys) = try ClaimReader.object(Array(set.utf8))["keys"],
            case .object(let rsa) = keys.first
        else { throw KeyError(code: .malformed, detail: "no key in the set") }
        let rsaText = String(decoding: ClaimWriter.encode(rsa), as: UTF8.self)
        #expect(try PublicKey(jwk: rsaText).thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
        let edwards = #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
        #expect(try PublicKey(jwk: edwards).thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    }

    @Test("RFC 7515 A.1 through the verifier lacks aud, and is long over")
    func claims() throws {
        let example = try #require(Examples.signed.first)
        var verifier = TokenVerifier(issuer: "joe", audiences: ["us"])
        verifier.algorithms = [.hs256]
        let keys = KeySet([try example.signingKey().verificationKey])
        #expect(Fixture.refusal(example.token, verifier: verifier, keys: keys) == .missingClaim)
    }
}
