import TestSupport
import Testing

@testable import Telemetry

@Suite("redaction") struct RedactionTests {
    @Test(
        "a secret's name hides its value",
        arguments: [
            "authorization", "Authorization", "http.request.header.authorization", "cookie", "Set-Cookie",
            "password",
            "db.password", "userPassword", "userpassword", "PASSWORD", "passwd", "secret", "clientSecret",
            "client_secret", "token", "access_token", "accessToken", "accesstoken", "refreshToken",
            "id-token",
            "X-Auth-Token", "api_key", "apiKey", "apikey", "X-API-Key", "private_key", "privateKey", "card",
            "cardNumber", "card_number", "pan", "cvv", "jwt", "credentials", "aws.secret.access.key", "iban",
            "pin",
        ]
    )
    func secretNames(name: String) {
        #expect(Redactor.standard.isSecret(AttributeKey(name)))
        #expect(Redactor.standard.value(Attribute(AttributeKey(name), 1234)) == "***")
    }

    @Test(
        "others stay",
        arguments: [
            "", "a", "http.route", "http.request.method", "user_agent.original", "cardinality", "discard",
            "company",
            "pinned", "key", "keyboard", "primary_key", "author", "secretary", "passenger", "expand",
            "monkey",
            "gen_ai.usage.input_tokens", "é", "db.collection.name",
        ]
    )
    func plainNames(name: String) { #expect(!Redactor.standard.isSecret(AttributeKey(name))) }

    static let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let texts: [(String, String)] = [
        ("got \(jwt), ok", "got ***, ok"),
        (jwt, "***"),
        ("Bearer abcdefgh123", "Bearer ***"),
        ("x: bearer abc.def-ghi~j+/=", "x: bearer ***"),
        ("Basic dXNlcjpwYXNz rest", "Basic *** rest"),
        ("card 4111111111111111 used", "card *** used"),
        ("4111 1111 1111 1111", "***"),
        ("5500-0000-0000-0004.", "***."),
        ("(378282246310005)", "(***)"),
        ("2223003122003222", "***"),
        ("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\nafter", "***\nafter"),
        ("a -----BEGIN RSA PRIVATE KEY-----\nMIIB", "a ***"),
        ("postgres://app:s3cret@db:5432/x", "postgres://app:***@db:5432/x"),
        ("GET /x?access_token=abc&y=1", "GET /x?access_token=***&y=1"),
        ("password=hunter2, user=x", "password=***, user=x"),
        ("{\"password\":\"hunter2\",\"a\":1}", "{\"password\":\"***\",\"a\":1}"),
        ("{\"password\": \"hunter2\"}", "{\"password\": \"***\"}"),
        ("Authorization: Digest username=x", "Authorization: ***"),
        ("Cookie: a=b; c=d\nnext", "Cookie: ***\nnext"),
        ("Bearer \(jwt) and 4111111111111111", "Bearer *** and ***"),
    ]

    @Test("what looks like a secret is masked", arguments: texts)
    func shapes(text: String, expected: String) { #expect(Redactor.standard.text(text) == expected) }

    @Test(
        "what doesn't stays",
        arguments: [
            "", "hello", "4111111111111112", "1795262400123456789", "41111111111111111111",
            "0af7651916cd43dd8448",
            "a4111111111111111", "4111111111111111x", "bearer of news", "basic idea",
            "token expired: try again",
            "12:30", "http://host:8080/x", "http://host/a:b@c", "eyJ", "eyJ.x", "x=1", "monkey=1",
            "2026-11-21 12:00:00",
            "-----", "-----BEGIN", "password", "password=", "=", ":", "://", "é=ü",
        ]
    )
    func plain(text: String) { #expect(Redactor.standard.text(text) == text) }

    @Test("texts in lists and card numbers that are numbers are masked, too")
    func values() {
        #expect(
            Redactor.standard.value(Attribute("a", .strings(["x", Self.jwt]))) == .strings(["x", "***"])
        )
        #expect(Redactor.standard.value(Attribute("n", 4_111_111_111_111_111)) == "***")
        #expect(Redactor.standard.value(Attribute("n", 4_111_111_111_111_112)) == 4_111_111_111_111_112)
    }

    @Test("known names need no look; values under them do, unless they are the program's own")
    func knownNames() {
        for key: AttributeKey in [.urlPath, .urlQuery, .urlFull, .userAgentOriginal, .exceptionMessage] {
            #expect(Redactor.standard.value(Attribute(key, "x?token=\(Self.jwt)")) == "x?token=***", "\(key)")
        }
        #expect(Redactor.standard.value(Attribute(.httpRoute, "/pan=1/{id}")) == "/pan=1/{id}")
        // A name that is written anew is looked at as any other.
        #expect(Redactor.standard.value(Attribute("http.route", "/pan=1/{id}")) != "/pan=1/{id}")
        #expect(AttributeKey.httpRoute == "http.route" && AttributeKey.httpRoute != "http.routes")
    }

    @Test("neither message nor field of a line shows a secret")
    func line() {
        let sink = InMemoryLogSink()
        let logger = Logger("m", to: LogOutput(service: "s", instance: "i", sink: sink))
        logger.info(
            "login password=hunter2",
            ["authorization": "hunter2", "url": "x://u:hunter2@h", "n": "hunter"]
        )
        let human = LogOutput(service: "s", instance: "i", style: .human(colored: false), sink: sink)
        Logger("m", to: human).info("login password=hunter2", ["token": "hunter2", "url": "x://u:hunter2@h"])
        #expect(sink.lines.count == 2 && !sink.lines.joined().contains("hunter2"))
    }

    @Test(
        "random texts never trap, and what is found is in order and apart",
        arguments: [UInt64(41), 42, 43]
    )
    func random(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<20_000 {
            let bytes = random.bytes(upTo: 80, of: "eyJ.-bearBasic 0123456789:/@=\"password&-----BEGIN END")
            _ = Redactor.standard.text(String(decoding: bytes, as: UTF8.self))
            let findings = SecretScan.findings(in: bytes.span)
            #expect(
                zip(findings, findings.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound },
                "seed \(seed)"
            )
            #expect(findings.allSatisfy { $0.upperBound <= bytes.count && !$0.isEmpty }, "seed \(seed)")
            _ = SecretKey.isSecret(bytes.span)
        }
    }
}
