import Secrets
import Testing

@testable import Tokens

/// Tokens that only an attacker makes (J1 to J11 of the table of hostile input; RFC 8725). Those with a true signature
/// show that nothing but the rule itself refuses them.
@Suite("attacks on tokens") struct AttackTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let header: String
        let refusal: TokenError

        init(_ header: String, _ refusal: TokenError) {
            testDescription = header
            self.header = header
            self.refusal = refusal
        }
    }

    static let headers: [Case] = [
        // J1
        Case(#"{"alg":"none","kid":"es256"}"#, .algorithmNotAllowed),
        Case(#"{"alg":"None","kid":"es256"}"#, .algorithmNotAllowed),
        Case(#"{"alg":"nOnE","kid":"es256"}"#, .algorithmNotAllowed),
        Case(#"{"alg":"","kid":"es256"}"#, .algorithmNotAllowed),
        Case(#"{"alg":"es256","kid":"es256"}"#, .algorithmNotAllowed),
        Case(#"{"alg":"ES256 ","kid":"es256"}"#, .algorithmNotAllowed),
        Case(#"{"alg":"ES384","kid":"es256"}"#, .algorithmNotAllowed),
        Case(#"{"alg":256,"kid":"es256"}"#, .algorithmNotAllowed),
        Case(#"{"alg":["ES256"],"kid":"es256"}"#, .algorithmNotAllowed),
        Case(#"{"alg":null,"kid":"es256"}"#, .algorithmNotAllowed),
        Case(#"{"kid":"es256"}"#, .algorithmNotAllowed),
        // J2: the algorithm of another kind than the key that is named.
        Case(#"{"alg":"HS256","kid":"es256"}"#, .unknownKey),
        Case(#"{"alg":"RS256","kid":"es256"}"#, .unknownKey),
        Case(#"{"alg":"EdDSA","kid":"es256"}"#, .unknownKey),
        Case(#"{"alg":"PS256","kid":"rs256"}"#, .unknownKey),
        // J3
        Case(#"{"alg":"ES256","kid":"es256","jwk":{"kty":"EC"}}"#, .forbiddenHeader),
        Case(#"{"alg":"ES256","kid":"es256","jku":"https://evil.example"}"#, .forbiddenHeader),
        Case(#"{"alg":"ES256","kid":"es256","x5u":"https://evil.example"}"#, .forbiddenHeader),
        Case(#"{"alg":"ES256","kid":"es256","x5c":["AA"]}"#, .forbiddenHeader),
        Case(#"{"alg":"ES256","kid":"es256","jwk":null}"#, .forbiddenHeader),
        // J4
        Case(#"{"alg":"ES256","kid":"../../dev/null"}"#, .unknownKey),
        Case(#"{"alg":"ES256","kid":"' OR 1=1 --"}"#, .unknownKey),
        Case(#"{"alg":"ES256","kid":"https://other.example#1"}"#, .unknownKey),
        Case(#"{"alg":"ES256","kid":"\#(String(repeating: "k", count: 257))"}"#, .malformed),
        Case(#"{"alg":"ES256","kid":"\#(String(repeating: "k", count: 10_240))"}"#, .tooLong),
        Case(#"{"alg":"ES256","kid":""}"#, .malformed),
        Case(#"{"alg":"ES256","kid":7}"#, .malformed),
        // J6
        Case(#"{"alg":"ES256","kid":"es256","crit":["x"],"x":1}"#, .forbiddenHeader),
        Case(#"{"alg":"ES256","kid":"es256","crit":[]}"#, .forbiddenHeader),
        Case(#"{"alg":"ES256","kid":"es256","crit":["exp"]}"#, .forbiddenHeader),
        Case(#"{"alg":"ES256","kid":"es256","crit":["b64"],"b64":false}"#, .forbiddenHeader),
        Case(#"{"alg":"ES256","kid":"es256","b64":false}"#, .forbiddenHeader),
        Case(#"{"alg":"ES256","kid":"es256","zip":"DEF"}"#, .forbiddenHeader),
        Case(#"{"alg":"ES256","kid":"es256","enc":"A128GCM"}"#, .forbiddenHeader),
        // J7
        Case(#"{"alg":"none","alg":"ES256","kid":"es256"}"#, .malformed),
        Case(#"{"alg":"ES256","\u0061lg":"none","kid":"es256"}"#, .malformed),
        Case(#"{"alg":"ES256","kid":"es256"}x"#, .malformed),
        Case(#"["ES256"]"#, .malformed),
        Case(
            #"{"alg":"ES256","x":\#(String(repeating: "[", count: 1_000))\#(String(repeating: "]", count: 1_000))}"#,
            .malformed
        ),
    ]

    @Test("a header, though truly signed", arguments: headers)
    func header(_ attack: Case) throws {
        let token = try Fixture.token(header: attack.header, payload: Fixture.payload())
        #expect(Fixture.refusal(token) == attack.refusal)
    }

    @Test("the header that the cases above start from is accepted")
    func control() throws {
        #expect(Fixture.refusal(try Fixture.token(header: Fixture.header, payload: Fixture.payload())) == nil)
        let more = #"{"alg":"ES256","kid":"es256","typ":"JWT","cty":"x","x5t":"AA","mine":[1]}"#
        #expect(Fixture.refusal(try Fixture.token(header: more, payload: Fixture.payload())) == nil)
    }

    @Test("J1: a token without signature, and other numbers of parts")
    func parts() throws {
        let token = try Fixture.token()
        let parts = token.split(separator: ".").map(String.init)
        for text in [
            "", ".", "..", "...", parts[0], "\(parts[0]).\(parts[1])", "\(token).", ".\(token)",
            "\(token).\(parts[2])",
            "\(token).a.b", "\(parts[0])..\(parts[2])", "\(parts[0]) .\(parts[1]).\(parts[2])", " \(token)",
            "\(token)\n",
            "Bearer \(token)",
        ] {
            #expect(Fixture.refusal(text) == .malformed, "\(text)")
        }
        // J10: the signature stripped.
        #expect(Fixture.refusal("\(parts[0]).\(parts[1]).") == .invalidSignature)
    }

    @Test("J2: HS256 with a public key as its secret", arguments: [SigningAlgorithm.rs256, .es256, .edDSA])
    func confusion(algorithm: SigningAlgorithm) throws {
        let pair = try KeyPair.generate(algorithm == .rs256 ? .rsa : algorithm == .es256 ? .p256 : .ed25519)
        let key = try VerificationKey(pair.publicKey, id: "k")
        let pem = try pair.publicKey.pem()
        let der = try #require(Base64URL.bytes(Self.urlForm(pem)))
        for secret in [Array(pem.utf8), Array(pem.dropLast().utf8), der] {
            let input =
                Base64URL.encode(Array(#"{"alg":"HS256","kid":"k"}"#.utf8).span) + "."
                + Base64URL.encode(Array(Fixture.payload().utf8).span)
            let code = try Digest.hmacSHA256(Array(input.utf8), key: Secret(secret))
            let token = "\(input).\(Base64URL.encode(code.span))"
            #expect(Fixture.refusal(token, keys: KeySet([key])) == .unknownKey)
        }
        #expect(throws: KeyError.self) { try SharedKey(Secret(pem)) }
    }

    private static func urlForm(_ pem: String) -> String {
        let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-") }
        return String(lines.joined().filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }

    @Test("an algorithm that the issuer does not use is refused though its key is there")
    func allowList() throws {
        let byDefault = TokenVerifier(issuer: Fixture.issuer, audiences: ["us"])
        #expect(byDefault.algorithms == [.es256, .edDSA, .rs256])
        for algorithm in SigningAlgorithm.allCases {
            let isAllowed = byDefault.algorithms.contains(algorithm)
            let refusal = Fixture.refusal(try Fixture.token(algorithm), verifier: byDefault)
            #expect(refusal == (isAllowed ? nil : .algorithmNotAllowed), "\(algorithm)")
        }
    }

    @Test("J11: one byte over the limit")
    func length() throws {
        var claims = Fixture.claims
        claims.extra["x"] = .string("")
        let room = 8_192 - (try Fixture.token(.hs256, claims)).utf8.count
        claims.extra["x"] = .string(String(repeating: "x", count: room * 3 / 4 - 2))
        var token = try Fixture.token(.hs256, claims)
        #expect(token.utf8.count <= 8_192)
        #expect(Fixture.refusal(token) == nil)
        token += String(repeating: "A", count: 8_193 - token.utf8.count)
        #expect(Fixture.refusal(token) == .tooLong)
    }

    @Test("J7: claims that are broken, though truly signed")
    func payloads() throws {
        for payload in ["", "[]", "{", #"{"exp":1,"exp":2}"#, #"{"exp":1e400}"#, #"{"exp":NaN}"#] {
            let token = try Fixture.token(header: Fixture.header, payload: payload)
            #expect(Fixture.refusal(token) == .malformed, "\(payload)")
        }
        let bytes = Array(#"{"sub":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        let token = try Fixture.token(headerBytes: Array(Fixture.header.utf8), payloadBytes: bytes)
        #expect(Fixture.refusal(token) == .malformed)
    }
}
