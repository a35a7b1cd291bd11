import Testing

@testable import Tokens

@Suite("claims") struct ClaimTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let value: ClaimValue?
        let refusal: TokenError?

        init(_ name: String, _ value: ClaimValue?, _ refusal: TokenError?) {
            (self.name, self.value, self.refusal) = (name, value, refusal)
        }

        var testDescription: String { "\(name) \(value.map { "\($0)" } ?? "missing")" }
    }

    static let now = Fixture.now.seconds

    static let cases: [Case] = [
        // J8
        Case("exp", nil, .missingClaim),
        Case("exp", .integer(now - 30), .expired),
        Case("exp", .integer(now - 29), nil),
        Case("exp", .number(Double(now) - 29.5), .expired),
        Case("exp", .number(Double(now) + 0.5), nil),
        Case("exp", .integer(0), .expired),
        Case("exp", .integer(-1), .malformedClaim),
        Case("exp", .integer(.max), .malformedClaim),
        Case("exp", .number(1e300), .malformedClaim),
        Case("exp", .number(-0.5), .malformedClaim),
        Case("exp", .string("1900000000"), .malformedClaim),
        Case("exp", .null, .malformedClaim),
        Case("exp", .bool(true), .malformedClaim),
        Case("exp", .array([.integer(now + 60)]), .malformedClaim),
        Case("nbf", .integer(now + 30), nil),
        Case("nbf", .integer(now + 31), .notYetValid),
        Case("nbf", .string("0"), .malformedClaim),
        Case("nbf", nil, nil),
        Case("iat", .integer(now + 30), nil),
        Case("iat", .integer(now + 31), .issuedInFuture),
        Case("iat", .integer(now + 1_000_000), .issuedInFuture),
        Case("iat", .bool(false), .malformedClaim),
        Case("iat", nil, nil),
        // J9
        Case("iss", nil, .missingClaim),
        Case("iss", .string("https://evil.example/auth"), .wrongIssuer),
        Case("iss", .string(Fixture.issuer + "/"), .wrongIssuer),
        Case("iss", .string(Fixture.issuer.uppercased()), .wrongIssuer),
        Case("iss", .string(""), .malformedClaim),
        Case("iss", .array([.string(Fixture.issuer)]), .malformedClaim),
        Case("aud", nil, .missingClaim),
        Case("aud", .array([]), .missingClaim),
        Case("aud", .string("them"), .wrongAudience),
        Case("aud", .string("u"), .wrongAudience),
        Case("aud", .string("us "), .wrongAudience),
        Case("aud", .string("usa"), .wrongAudience),
        Case("aud", .string("US"), .wrongAudience),
        Case("aud", .array([.string("them"), .string("usa")]), .wrongAudience),
        Case("aud", .array([.string("them"), .string("us")]), nil),
        Case("aud", .array([.string("us"), .integer(1)]), .malformedClaim),
        Case("aud", .object(["us": .null]), .malformedClaim),
        Case("sub", .integer(1), .malformedClaim),
        Case("sub", .string(""), .malformedClaim),
        Case("sub", nil, nil),
        Case("jti", .array([]), .malformedClaim),
    ]

    @Test("each rule, in a token that is good but for it", arguments: cases)
    func claim(_ rule: Case) throws {
        let token = try Fixture.token(
            header: Fixture.header,
            payload: Fixture.payload([rule.name: rule.value])
        )
        #expect(Fixture.refusal(token) == rule.refusal)
    }

    @Test("strings are compared without normalization (RFC 7519 §7.3)")
    func normalization() throws {
        // U+212A, the Kelvin sign, is canonically equivalent to K: equal strings in Swift, other bytes.
        var claims = Fixture.claims
        (claims.issuer, claims.audience) = ("https://\u{212A}", ["us"])
        var verifier = Fixture.verifier
        verifier.issuer = "https://K"
        #expect(claims.issuer == verifier.issuer)
        #expect(Fixture.refusal(try Fixture.token(.es256, claims), verifier: verifier) == .wrongIssuer)
        (claims.issuer, claims.audience) = ("https://K", ["\u{212A}"])
        verifier.audiences = ["K"]
        #expect(Fixture.refusal(try Fixture.token(.es256, claims), verifier: verifier) == .wrongAudience)
    }

    @Test("typ is asked for where it is demanded (RFC 8725 §3.11)")
    func type() throws {
        var verifier = Fixture.verifier
        verifier.type = "at+jwt"
        let key = try Fixture.signer(.es256)
        for (type, refusal) in [
            ("at+jwt", nil), ("application/at+jwt", nil), ("AT+JWT", nil), ("JWT", .wrongType),
            (nil, .wrongType),
            ("application/jwt", .wrongType),
        ] as [(String?, TokenError?)] {
            let token = try TokenSigner(key, type: type).sign(Fixture.claims)
            #expect(Fixture.refusal(token, verifier: verifier) == refusal, "\(type ?? "none")")
            #expect(Fixture.refusal(token) == nil)
        }
    }

    @Test("the signature is judged before the claims")
    func order() throws {
        var claims = Fixture.claims
        claims.expiration = UnixTime(seconds: 0)
        let forger = try SigningKey(.generate(.p256), id: "es256")
        #expect(Fixture.refusal(try TokenSigner(forger).sign(claims)) == .invalidSignature)
        #expect(Fixture.refusal(try Fixture.token(.es256, claims)) == .expired)
    }

    @Test("an error tells its rule by a stable name, and nothing of the token")
    func errors() {
        #expect(Set(TokenError.allCases.map(\.rawValue)).count == TokenError.allCases.count)
        for error in TokenError.allCases {
            #expect(error.rawValue.hasPrefix("token_"))
            #expect(!error.description.isEmpty)
        }
    }
}
