import Secrets
import Testing

@testable import Tokens

@Suite("keys") struct KeyTests {
    static let types: [KeyType] = [.rsa, .p256, .ed25519]

    @Test("a pair goes out and comes in as PEM and as JWK", arguments: types)
    func roundTrip(type: KeyType) throws {
        let pair = try KeyPair.generate(type)
        #expect(pair.type == type)
        let message = Array("message".utf8)
        for other in [try KeyPair(pem: pair.pem()), try KeyPair(jwk: pair.jwk())] {
            #expect(other.publicKey == pair.publicKey)
            let signature = try SigningKey(other).sign(message)
            let keys = [
                try PublicKey(pem: pair.publicKey.pem()), try PublicKey(jwk: pair.publicKey.jwk()),
                pair.publicKey,
            ]
            for key in keys {
                let algorithm = type.algorithms[0]
                #expect(try VerificationKey(key).isValid(signature, for: message, algorithm: algorithm))
            }
        }
        #expect(try KeyPair.generate(type).publicKey != pair.publicKey)
    }

    @Test("a public key's text holds nothing private", arguments: types)
    func shows(type: KeyType) throws {
        let pair = try KeyPair.generate(type)
        let members = try ClaimReader.object(Array(pair.publicKey.jwk(id: "k").utf8))
        #expect(Set(members.keys).isDisjoint(with: ["d", "p", "q", "dp", "dq", "qi", "k"]))
        #expect(members["kid"] == .string("k"))
        #expect(members["use"] == .string("sig"))
        #expect(throws: KeyError.self) { try KeyPair(jwk: Secret(pair.publicKey.jwk())) }
        #expect(throws: KeyError.self) { try KeyPair(pem: Secret(pair.publicKey.pem())) }
    }

    @Test("an algorithm of another type is refused")
    func binding() throws {
        let pair = try KeyPair.generate(.p256)
        for algorithm in [SigningAlgorithm.hs256, .rs256, .ps256, .edDSA] {
            #expect(throws: KeyError.self) { try SigningKey(pair, algorithm: algorithm) }
            #expect(throws: KeyError.self) { try VerificationKey(pair.publicKey, algorithm: algorithm) }
            #expect(throws: KeyError.self) { try pair.native.sign([1], algorithm: algorithm) }
        }
    }

    @Test("a shared secret has 32 bytes or more and is no PEM")
    func shared() throws {
        #expect(throws: KeyError.self) { try SharedKey(Secret([UInt8](repeating: 1, count: 31))) }
        #expect(throws: KeyError.self) { try SharedKey(Secret("")) }
        _ = try SharedKey(Secret([UInt8](repeating: 1, count: 32)))
        #expect(throws: KeyError.self) { try SharedKey(Secret(KeyPair.generate(.p256).publicKey.pem())) }
    }

    static let badJWKs: [String] = [
        "", "{}", "[]", #"{"kty":"oct","k":"AAAA"}"#, #"{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}"#,
        #"{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        #"{"kty":"OKP","crv":"Ed25519","x":"11qY"}"#,
        #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo="}"#,
        // RFC 7515 A.3 with another y: no point on the curve.
        #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"y_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
        #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}"#,
        #"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, #"{"kty":"RSA","e":"AQAB"}"#,
    ]

    @Test("a JWK that can't be used is refused, and left out of a set", arguments: badJWKs)
    func refusesJWK(text: String) throws {
        #expect(throws: KeyError.self) { try PublicKey(jwk: text) }
        guard text.hasPrefix("{") else { return }
        let good = try KeyPair.generate(.ed25519).publicKey
        let set = #"{"keys":[\#(text),\#(try good.jwk(id: "good"))]}"#
        #expect(try KeySet(jwks: Array(set.utf8)).keys.map(\.id) == ["good"])
    }

    @Test("an RSA key below 2048 or above 4096 bits is refused", arguments: [128, 255, 513])
    func size(byteCount: Int) {
        let n = [UInt8](repeating: 0xFF, count: byteCount)
        let text = #"{"kty":"RSA","n":"\#(Base64URL.encode(n.span))","e":"AQAB"}"#
        #expect(throws: KeyError.self) { try PublicKey(jwk: text) }
    }

    @Test("a private JWK whose halves don't fit together is refused")
    func halves() throws {
        for type in [KeyType.p256, .ed25519] {
            let (one, two) = (try KeyPair.generate(type), try KeyPair.generate(type))
            var members = try one.publicKey.members(id: nil, algorithm: nil)
            members["d"] = try two.native.privateMembers()["d"]
            #expect(throws: KeyError.self) { try KeyPair(jwk: Secret(ClaimWriter.encode(members))) }
        }
    }

    @Test("PEM that is none, cut, encrypted or of another kind is refused, and asks nobody")
    func refusesPEM() throws {
        let pem = try KeyPair.generate(.p256).publicKey.pem()
        for text in [
            "", "x", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", String(pem.dropLast(30)),
            String(repeating: "-", count: 1 << 17),
        ] {
            #expect(throws: KeyError.self) { try PublicKey(pem: text) }
            #expect(throws: KeyError.self) { try KeyPair(pem: Secret(text)) }
        }
        let encrypted = """
            -----BEGIN EC PRIVATE KEY-----
            Proc-Type: 4,ENCRYPTED
            DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF

            AAAAAAAAAAAAAAAAAAAAAA==
            -----END EC PRIVATE KEY-----
            """
        #expect(throws: KeyError.self) { try KeyPair(pem: Secret(encrypted)) }
    }

    static let badSets: [String] = [
        "", "[]", "{}", #"{"keys":{}}"#, #"{"keys":1}"#, #"{"keys":[],"keys":[]}"#, #"{"keys":[}"#,
    ]

    @Test("what is no set is refused", arguments: badSets)
    func refusesSet(text: String) { #expect(throws: KeyError.self) { try KeySet(jwks: Array(text.utf8)) } }

    @Test("a set has limits")
    func setLimits() throws {
        let keys = String(repeating: "{},", count: 100)
        #expect(throws: KeyError.self) { try KeySet(jwks: Array(#"{"keys":[\#(keys){}]}"#.utf8)) }
        let space = String(repeating: " ", count: 1 << 18)
        #expect(throws: KeyError.self) { try KeySet(jwks: Array(#"{"keys":[]}\#(space)"#.utf8)) }
    }

    @Test(
        "keys for other uses and algorithms are left out of a set; shared ones are never published or taken"
    )
    func uses() throws {
        var members = try KeyPair.generate(.p256).publicKey.members(id: "k", algorithm: nil)
        let cases: [(String, ClaimValue, Bool)] = [
            ("use", .string("enc"), false), ("use", .string("sig"), true),
            ("key_ops", .array([.string("sign")]), false), ("key_ops", .array([.string("verify")]), true),
            ("key_ops", .string("verify"), false),
            ("alg", .string("ES384"), false), ("alg", .string("HS256"), false),
            ("alg", .string("ES256"), true),
        ]
        for (name, value, isTaken) in cases {
            let before = members[name]
            members[name] = value
            let set = ClaimWriter.encode(["keys": .array([.object(members)])])
            #expect(try KeySet(jwks: set).keys.count == (isTaken ? 1 : 0), "\(name) \(value)")
            members[name] = before
        }
        let shared = try Fixture.signer(.hs256).verificationKey
        #expect(try KeySet([shared]).jwks() == #"{"keys":[]}"#)
    }

    @Test("without kid the only key that fits is taken, and none of two")
    func choice() throws {
        let (one, two) = (try KeyPair.generate(.p256).publicKey, try KeyPair.generate(.p256).publicKey)
        let header = try TokenHeader(["alg": .string("ES256")])
        let first = try VerificationKey(one, id: "1")
        #expect(KeySet([first]).key(for: header) == first)
        #expect(KeySet([first, try VerificationKey(two, id: "2")]).key(for: header) == nil)
        let named = try TokenHeader(["alg": .string("ES256"), "kid": .string("3")])
        #expect(KeySet([first]).key(for: named) == nil)
    }

    @Test("a secret without a name is meant by any kid; a key of a set by its own alone")
    func unnamedSecret() throws {
        let key = SigningKey(try SharedKey(Fixture.secret), id: "anything")
        let token = try TokenSigner(key).sign(Fixture.claims)
        let set = KeySet([VerificationKey(try SharedKey(Fixture.secret))])
        let bytes = Array(token.utf8)
        #expect(
            try Fixture.verifier.verify(bytes.span, keys: set, at: Fixture.now).claims.subject == "user-1"
        )
        #expect(throws: TokenError.unknownKey) {
            _ = try Fixture.verifier.verify(bytes.span, keys: Fixture.keys, at: Fixture.now)
        }
    }
}
