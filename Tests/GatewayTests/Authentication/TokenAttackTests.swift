import HTTP
import Secrets
import TestSupport
import Testing

@testable import Gateway
@testable import Tokens

/// The table of hostile tokens (hostile-input.md, J1 to J12), at the gateway's own face. Each is truly signed where that
/// is possible, so that nothing but its own rule refuses it; the same rules alone are `TokensTests`.
@Suite("hostile tokens at the gateway (G4)", .timeLimit(.minutes(1))) struct TokenAttackTests {
    /// A header, what it is refused with, and by whose key it is signed.
    static let headers: [(row: String, header: String, reason: String)] = [
        ("J1", #"{"alg":"none","kid":"es256"}"#, "token_algorithm_not_allowed"),
        ("J1", #"{"alg":"None","kid":"es256"}"#, "token_algorithm_not_allowed"),
        ("J1", #"{"alg":"nOnE","kid":"es256"}"#, "token_algorithm_not_allowed"),
        ("J1", #"{"kid":"es256"}"#, "token_algorithm_not_allowed"),
        ("J1", #"{"alg":1,"kid":"es256"}"#, "token_algorithm_not_allowed"),
        ("J3", #"{"alg":"ES256","kid":"es256","jwk":{"kty":"EC"}}"#, "token_header_forbidden"),
        ("J3", #"{"alg":"ES256","kid":"es256","jku":"ORIGIN/evil"}"#, "token_header_forbidden"),
        ("J3", #"{"alg":"ES256","kid":"es256","x5u":"ORIGIN/evil"}"#, "token_header_forbidden"),
        ("J3", #"{"alg":"ES256","kid":"es256","x5c":["AA"]}"#, "token_header_forbidden"),
        ("J4", #"{"alg":"ES256","kid":"../../dev/null"}"#, "token_key_unknown"),
        ("J4", #"{"alg":"ES256","kid":"' OR 1=1 --"}"#, "token_key_unknown"),
        ("J4", #"{"alg":"ES256","kid":"of-another-issuer"}"#, "token_key_unknown"),
        ("J4", #"{"alg":"ES256","kid":"LONG"}"#, "token_too_long"),
        ("J6", #"{"alg":"ES256","kid":"es256","crit":["x"],"x":1}"#, "token_header_forbidden"),
        ("J6", #"{"alg":"ES256","kid":"es256","crit":[]}"#, "token_header_forbidden"),
        ("J6", #"{"alg":"ES256","kid":"es256","crit":["exp"]}"#, "token_header_forbidden"),
        ("J6", #"{"alg":"ES256","kid":"es256","b64":false}"#, "token_header_forbidden"),
        ("J7", #"{"alg":"none","alg":"ES256","kid":"es256"}"#, "token_malformed"),
        ("J7", #"{"alg":"ES256","x":DEEP}"#, "token_malformed"),
    ]

    @Test("headers that choose their own key or reading are 401, and nobody is asked but for a new key")
    func headers() async throws {
        try await run { issuer, send in
            let payload = EdgeToken.payload(issuer.name)
            for attack in Self.headers {
                let deep = String(repeating: "[", count: 1_000) + String(repeating: "]", count: 1_000)
                let header = attack.header.replacing("ORIGIN", with: issuer.origin)
                    .replacing("LONG", with: String(repeating: "k", count: 10_240))
                    .replacing("DEEP", with: deep)
                let token = try EdgeToken.signed(header: header, payload, by: EdgeKeys.key())
                try await expectRefusal(token, attack.reason, "\(attack.row) \(header.prefix(80))", send)
            }
            #expect(Set(issuer.requests) == ["/jwks"])
            #expect(issuer.requests.count <= 2)
        }
    }

    @Test(
        "J2: HS256 made with a public key as its secret is 401",
        arguments: [SigningAlgorithm.rs256, .es256]
    )
    func confusion(algorithm: SigningAlgorithm) async throws {
        try await run { issuer, send in
            let pair = try KeyPair.generate(algorithm == .rs256 ? .rsa : .p256)
            try issuer.publish([VerificationKey(pair.publicKey, id: "k")])
            let pem = try pair.publicKey.pem()
            let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
            let der = lines.filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
            let text = Array(String(der).utf8)
            let bytes = Base64URL.decode(text.span)
            for secret in [Array(pem.utf8), try #require(bytes)] {
                let head = Base64URL.encode(Array(#"{"alg":"HS256","kid":"k"}"#.utf8).span)
                let input = head + "." + Base64URL.encode(EdgeToken.payload(issuer.name).span)
                let code = try Digest.hmacSHA256(Array(input.utf8), key: Secret(secret))
                let token = "\(input).\(Base64URL.encode(code.span))"
                try await expectRefusal(token, "token_algorithm_not_allowed", "J2", send)
            }
        }
    }

    static let now = UnixTime.now.seconds
    static let claims: [(row: String, name: String, value: ClaimValue?, reason: String)] = [
        ("J8", "exp", .integer(now - 31), "token_expired"),
        ("J8", "exp", nil, "token_claim_missing"),
        ("J8", "exp", .string("\(now + 60)"), "token_claim_malformed"),
        ("J8", "exp", .integer(-1), "token_claim_malformed"),
        ("J8", "exp", .number(1e300), "token_claim_malformed"),
        ("J8", "nbf", .integer(now + 600), "token_not_yet_valid"),
        ("J8", "iat", .integer(now + 100_000), "token_issued_in_future"),
        ("J9", "iss", .string("https://evil.example"), "token_issuer_wrong"),
        ("J9", "iss", nil, "token_claim_missing"),
        ("J9", "iss", .array([.string("x")]), "token_claim_malformed"),
        ("J9", "aud", nil, "token_claim_missing"),
        ("J9", "aud", .string("other"), "token_audience_wrong"),
        ("J9", "aud", .string("u"), "token_audience_wrong"),
        ("J9", "aud", .array([.string("usa"), .string("others")]), "token_audience_wrong"),
        ("G7", "sub", nil, "token_claim_missing"),
        ("G7", "sub", .string("a\r\nX-Auth-Roles: admin"), "token_claim_malformed"),
        ("G7", "sub", .string(" anna"), "token_claim_malformed"),
        ("G7", "sub", .string("an\u{0}na"), "token_claim_malformed"),
        ("G7", "roles", .array([.string("guest admin")]), "token_claim_malformed"),
        ("G7", "roles", .array([.string("a\nb")]), "token_claim_malformed"),
        ("G7", "roles", .array([.string("")]), "token_claim_malformed"),
        ("G7", "scope", .string("read\u{7F}"), "token_claim_malformed"),
    ]

    @Test("claims that don't hold, or can't be told to those behind, are 401")
    func claims() async throws {
        try await run { issuer, send in
            let header = #"{"alg":"ES256","kid":"es256"}"#
            for attack in Self.claims {
                let payload = EdgeToken.payload(issuer.name, [attack.name: attack.value])
                let token = try EdgeToken.signed(header: header, payload, by: EdgeKeys.key())
                try await expectRefusal(token, attack.reason, "\(attack.row) \(attack.name)", send)
            }
            for payload in [#"{"exp":1e400}"#, #"{"exp":NaN}"#, #"{"exp":1,"exp":2}"#, "[]", "\u{FEFF}{}"] {
                let token = try EdgeToken.signed(header: header, Array(payload.utf8), by: EdgeKeys.key())
                try await expectRefusal(token, "token_malformed", "J7, J8 \(payload)", send)
            }
            let invalid = Array(#"{"sub":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
            let token = try EdgeToken.signed(header: header, invalid, by: EdgeKeys.key())
            try await expectRefusal(token, "token_malformed", "J7 UTF-8", send)
        }
    }

    @Test("J1, J5, J7, J10: signatures and forms that are none are 401")
    func forms() async throws {
        try await run { issuer, send in
            let good = try EdgeToken.good(issuer.name, by: EdgeKeys.key())
            let other = try EdgeToken.good(issuer.name, by: EdgeKeys.key(), subject: "admin")
            let (parts, others) = (good.split(separator: "."), other.split(separator: "."))
            let body = "\(parts[0]).\(parts[1])"
            let zeros = Base64URL.encode([UInt8](repeating: 0, count: 64).span)
            let short = Base64URL.encode([UInt8](repeating: 1, count: 63).span)
            for signature in ["", zeros, short, String(others[2]), String(parts[2].dropLast(6))] {
                try await expectRefusal("\(body).\(signature)", "token_signature_invalid", "J5 J10", send)
            }
            try await expectRefusal(
                "\(parts[0]).\(others[1]).\(parts[2])",
                "token_signature_invalid",
                "J10",
                send
            )
            for text in [
                body, "\(good).\(parts[2])", "\(good).a.b", "\(good)=", "\(body).+/\(parts[2].dropFirst(2))",
            ] {
                try await expectRefusal(text, "token_malformed", "J1 J7 \(text.suffix(12))", send)
            }
            let signer = try SigningKey(.generate(.p256), id: "es256")
            try await expectRefusal(
                try EdgeToken.good(issuer.name, by: signer),
                "token_signature_invalid",
                "a forger with the key's name",
                send
            )
        }
    }

    @Test(
        "J10: a token with a bit flipped anywhere is refused, whatever was verified before",
        arguments: [UInt64(7)]
    )
    func flips(seed: UInt64) async throws {
        try await HTTPIssuer.run { issuer in
            try issuer.publish(EdgeKeys.published)
            let edge = try Edge(issuer)
            var random = SplitMix(seed: seed)
            let token = Array(try EdgeToken.good(issuer.name, by: EdgeKeys.key(.edDSA)).utf8)
            #expect(try await edge.refusal(token: String(decoding: token, as: UTF8.self)) == nil)
            for index in token.indices {
                var changed = token
                changed[index] ^= 1 << UInt8(random.below(7))
                guard changed[index] != UInt8(ascii: "\r"), changed[index] != UInt8(ascii: "\n") else {
                    continue
                }
                let fields: HTTPFields = [
                    .authorization: "Bearer " + String(decoding: changed, as: UTF8.self)
                ]
                #expect(
                    try await edge.refusal(fields)?.status == .unauthorized,
                    "seed \(seed), byte \(index)"
                )
            }
        }
    }

    @Test("J11: how a credential comes")
    func credentials() async throws {
        try await run { issuer, send in
            let good = try EdgeToken.good(issuer.name, by: EdgeKeys.key())
            try await expectRefusal(
                good + String(repeating: "A", count: 8_193 - good.utf8.count),
                "token_too_long",
                "8 KiB + 1",
                send
            )
            for scheme in ["bearer", "Bearer", "BEARER", "bEaReR"] {
                #expect(try await send("/", [.authorization: "\(scheme) \(good)"]).status == .ok)
            }
            let without: [(target: String, fields: HTTPFields)] = [
                ("/", [:]), ("/", [.authorization: "Bearer"]), ("/", [.authorization: "Bearer "]),
                ("/", [.authorization: "Basic YTpi"]), ("/?access_token=\(good)", [:]),
                ("/", ["sec-websocket-protocol": "bearer.\(good)"]),
            ]
            for (target, fields) in without {
                let answer = try await send(target, fields)
                // No credential was sent: the challenge has no error (RFC 6750 §3).
                #expect(answer.status == .unauthorized && answer.fields["www-authenticate"] == "Bearer")
                #expect(answer.reason == "unauthenticated")
            }
            var twice: HTTPFields = [.authorization: "Bearer \(good)"]
            twice.append(.authorization, "Bearer \(good)")
            let both: [HTTPFields] = [
                twice, [.authorization: "Bearer \(good)", "x-api-key": "vgk_x"],
                [.authorization: "Basic YTpi", "x-api-key": "vgk_x"],
                ["x-api-key": "vgk_x", "X-API-KEY": "vgk_y"],
                [
                    .authorization: "Bearer \(good)", .upgrade: "websocket",
                    "sec-websocket-protocol": "bearer.\(good)",
                ],
                [.upgrade: "websocket", "sec-websocket-protocol": "bearer.\(good), bearer.\(good)"],
            ]
            for fields in both {
                let answer = try await send("/", fields)
                #expect(answer.status == .badRequest && answer.reason == "invalid_request")
                #expect(answer.fields["www-authenticate"] == "Bearer error=\"invalid_request\"")
            }
        }
    }

    @Test(
        "what is truly signed is let in, by each algorithm",
        arguments: [SigningAlgorithm.es256, .edDSA, .rs256]
    )
    func control(algorithm: SigningAlgorithm) async throws {
        try await run { issuer, send in
            let token = try EdgeToken.good(issuer.name, by: EdgeKeys.key(algorithm))
            for _ in 0..<3 {
                let answer = try await send("/", [.authorization: "Bearer \(token)"])
                #expect(answer.status == .ok)
                #expect(answer.upstream("x-auth-subject") == ["anna"])
                // Those behind verify it again.
                #expect(answer.upstream("authorization") == ["Bearer \(token)"])
            }
            #expect(issuer.requests == ["/jwks"])
        }
    }

    // MARK: Pieces

    private func run(_ body: (HTTPIssuer, Edge.Send) async throws -> Void) async throws {
        try await HTTPIssuer.run { issuer in
            try issuer.publish(EdgeKeys.published)
            try await Edge(issuer).serve { send in try await body(issuer, send) }
        }
    }

    private func expectRefusal(
        _ token: String,
        _ reason: String,
        _ what: String,
        _ send: Edge.Send,
        _ place: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await send("/", [.authorization: "Bearer \(token)"])
        #expect(answer.status == .unauthorized, "\(what)", sourceLocation: place)
        #expect(answer.reason == reason, "\(what)", sourceLocation: place)
        let challenge = answer.fields["www-authenticate"] ?? ""
        #expect(challenge.hasPrefix("Bearer error=\"invalid_token\""), "\(what)", sourceLocation: place)
        #expect(token.isEmpty || !answer.text.contains(token), "\(what)", sourceLocation: place)
    }
}
