import Documents
import JSON
import Secrets
import TestSupport
import Testing

@testable import Gateway
@testable import Tokens

@Suite("settings of authentication") struct AuthenticationSettingsTests {
    /// Reads what stands in the file, and makes what it asks for; gives back the mistakes.
    private func mistakes(_ text: String, environment: [String: String] = [:]) throws -> [String] {
        let mistakes = Mistakes()
        let value = try JSONText.decode(JSONValue.self, from: Array(text.utf8))
        var reader = ObjectReader(value, at: "authentication", mistakes)
        let settings = EdgeAuthenticationSettings.read(&reader)
        reader.finish()
        guard mistakes.list.isEmpty, let settings else { return mistakes.list }
        do {
            _ = try Edge(settings, environment: environment)
            return []
        } catch let error as DocumentError {
            return error.mistakes
        }
    }

    private static let digest = String(repeating: "0a", count: 32)

    static let good: [String] = [
        "{}",
        #"{"issuers":[{"issuer":"https://a.example/auth","audiences":["us"]}]}"#,
        #"{"issuers":[{"issuer":"http://10.1.2.3/auth/","audiences":["us"],"algorithms":["EdDSA"],"type":"at+jwt"}]}"#,
        #"{"issuers":[{"issuer":"any text","audiences":["us"],"keys":"https://a.example/jwks?x=1"}]}"#,
        #"{"issuers":[{"issuer":"a","audiences":["us"],"keys":"http://identity.internal:8080/jwks"}]}"#,
        #"{"issuers":[{"issuer":"a","audiences":["us"],"algorithms":["HS256"],"secretVariable":"LONG"}]}"#,
        #"{"apiKeys":[{"id":"a","sha256":"DIGEST","subject":"s","expires":"2030-01-01T00:00:00Z"}],"apiKeyField":"X-Key"}"#,
    ]

    static let bad: [(text: String, mistake: String)] = [
        (#"{"issuer":[]}"#, "authentication.issuer: there is no such key"),
        (#"{"issuers":[{"audiences":["us"]}]}"#, "authentication.issuers[0].issuer: is missing"),
        (#"{"issuers":[{"issuer":"https://a.example"}]}"#, "issuers[0].audiences: must name at least one"),
        (
            #"{"issuers":[{"issuer":"https://a","audiences":["us"]},{"issuer":"https://a","audiences":["us"]}]}"#,
            "issuers[1].issuer: stands here twice"
        ),
        (#"{"issuers":[{"issuer":"not a url","audiences":["us"]}]}"#, "issuer: can't be discovered"),
        (
            #"{"issuers":[{"issuer":"https://a.example?x=1","audiences":["us"]}]}"#,
            "neither query nor fragment"
        ),
        (#"{"issuers":[{"issuer":"http://8.8.8.8/auth","audiences":["us"]}]}"#, "use https"),
        (#"{"issuers":[{"issuer":"a","audiences":["us"],"keys":"http://8.8.8.8/jwks"}]}"#, "use https"),
        (
            #"{"issuers":[{"issuer":"a","audiences":["us"],"keys":"https://u:p@a.example/"}]}"#,
            "a user or password"
        ),
        (
            #"{"issuers":[{"issuer":"a","audiences":["us"],"keys":"/nowhere/keys.json"}]}"#,
            "/nowhere/keys.json: can't be read"
        ),
        (#"{"issuers":[{"issuer":"https://a","audiences":["us"],"algorithms":["none"]}]}"#, "not \"none\""),
        (
            #"{"issuers":[{"issuer":"https://a","audiences":["us"],"algorithms":[]}]}"#,
            "algorithms: must name at least one"
        ),
        (
            #"{"issuers":[{"issuer":"https://a","audiences":["us"],"algorithms":["ES256","HS256"]}]}"#,
            "HS256 needs a secret"
        ),
        (
            #"{"issuers":[{"issuer":"a","audiences":["us"],"secretVariable":"LONG"}]}"#,
            "with a secret it must be"
        ),
        (
            #"{"issuers":[{"issuer":"a","audiences":["us"],"algorithms":["HS256"],"secretVariable":"SHORT"}]}"#,
            "secretVariable: SHORT: key: a shared secret of 31 bytes; use 32 or more"
        ),
        (
            #"{"issuers":[{"issuer":"a","audiences":["us"],"algorithms":["HS256"],"secretVariable":"PEM"}]}"#,
            "a PEM text is no shared secret"
        ),
        (
            #"{"issuers":[{"issuer":"a","audiences":["us"],"algorithms":["HS256"],"secretVariable":"NONE"}]}"#,
            "NONE: the variable is not set"
        ),
        (
            #"{"issuers":[{"issuer":"a","audiences":["us"],"algorithms":["HS256"],"secretFile":"/nowhere"}]}"#,
            "/nowhere: can't be read"
        ),
        (
            #"{"issuers":[{"issuer":"a","audiences":["us"],"keys":"x","secretFile":"y"}]}"#,
            "exclude each other"
        ),
        (
            #"{"apiKeys":[{"id":"a","sha256":"vgk_secret","subject":"s"}]}"#,
            "apiKeys[0].sha256: must be the key's SHA-256"
        ),
        (#"{"apiKeys":[{"id":"a","subject":"s"}]}"#, "apiKeys[0].sha256: is missing"),
        (#"{"apiKeys":[{"id":"a","sha256":"DIGEST"}]}"#, "apiKeys[0].subject: is missing"),
        (#"{"apiKeys":[{"id":"a","sha256":"DIGEST","subject":" s"}]}"#, "apiKeys[0]: a subject is"),
        (
            #"{"apiKeys":[{"id":"a","sha256":"DIGEST","subject":"s","roles":["a b"]}]}"#,
            "apiKeys[0]: a role or scope is"
        ),
        (
            #"{"apiKeys":[{"id":"a","sha256":"DIGEST","subject":"s","expires":"soon"}]}"#,
            "expires: must be a time"
        ),
        (
            #"{"apiKeys":[{"id":"a","sha256":"DIGEST","subject":"s"},{"id":"b","sha256":"DIGEST","subject":"s"}]}"#,
            "apiKeys[1].sha256: is that of another key"
        ),
        (
            #"{"apiKeys":[{"id":"a","sha256":"DIGEST","subject":"s"},{"id":"a","sha256":"EIGEST","subject":"s"}]}"#,
            "apiKeys[1].id: must be there, and another"
        ),
        (#"{"apiKeyField":"Authorization"}"#, "apiKeyField: must be a field's name of its own"),
        (#"{"apiKeyField":"x-auth-subject"}"#, "apiKeyField: must be a field's name of its own"),
        (#"{"apiKeyField":"a b"}"#, "apiKeyField: must be a field's name of its own"),
    ]

    static let environment = [
        "LONG": String(repeating: "s", count: 32), "SHORT": String(repeating: "s", count: 31),
        "PEM": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ\n",
    ]

    private func filled(_ text: String) -> String {
        text.replacing("DIGEST", with: Self.digest).replacing(
            "EIGEST",
            with: String(repeating: "0b", count: 32)
        )
    }

    @Test("what is right is taken", arguments: good)
    func takes(text: String) throws {
        #expect(try mistakes(filled(text), environment: Self.environment) == [])
    }

    @Test("each mistake has its message, which shows no secret", arguments: bad)
    func refuses(text: String, mistake: String) throws {
        let found = try mistakes(filled(text), environment: Self.environment)
        #expect(found.contains { $0.contains(mistake) }, "\(found)")
        #expect(!found.contains { $0.contains("sssss") || $0.contains("MFkw") || $0.contains("u:p") })
    }

    @Test("all mistakes are told at once")
    func together() throws {
        let text =
            #"{"issuers":[{"issuer":"x","audiences":[]}],"apiKeys":[{"id":"a","sha256":"00","subject":"s"}]}"#
        #expect(try mistakes(text).count == 3)
    }

    @Test("keys and secrets are read from files; a file without a key for the algorithms is a mistake")
    func files() async throws {
        let folder = try TemporaryFolder()
        let keys = "\(folder.path)/keys.json"
        try ScratchText.write(KeySet([EdgeKeys.key(.edDSA).verificationKey]).jwks(), to: keys)
        let secret = "\(folder.path)/secret"
        let text = String(repeating: "x", count: 40)
        try ScratchText.write(text + "\n", to: secret)
        var settings = EdgeAuthenticationSettings()
        settings.issuers = [
            IssuerSettings(issuer: "one", audiences: ["us"], keys: .file(keys)),
            IssuerSettings(
                issuer: "two",
                audiences: ["us"],
                algorithms: ["HS256"],
                keys: .secretFile(secret)
            ),
        ]
        let edge = try Edge(settings)
        #expect(try await edge.refusal(token: EdgeToken.good("one", by: EdgeKeys.key(.edDSA))) == nil)
        let shared = SigningKey(try SharedKey(.init(text)))
        #expect(try await edge.refusal(token: EdgeToken.good("two", by: shared)) == nil)
        #expect(
            try await edge.refusal(token: EdgeToken.good("one", by: shared)) == "token_algorithm_not_allowed"
        )
        settings.issuers[0].algorithms = ["ES256"]
        let error = #expect(throws: DocumentError.self) { try Edge(settings) }
        #expect(error?.description.contains("no key in it is for one of ES256") == true)
        try ScratchText.write("{}", to: keys)
        #expect(throws: DocumentError.self) { try Edge(settings) }
    }
}
