import Authentication
import HTTP
import Reactor
import TestSupport
import Testing
import WebClient

@testable import Gateway
@testable import Tokens

@Suite("issuers that are discovered (OpenID Connect Discovery 1.0 §4)", .timeLimit(.minutes(1)))
struct DiscoveryAttackTests {
    @Test("the keys are found by the issuer's own document, once")
    func finds() async throws {
        try await HTTPIssuer.run { issuer in
            try issuer.publish(EdgeKeys.published)
            let edge = try Edge(issuer, keys: .discovery)
            for algorithm in [SigningAlgorithm.es256, .edDSA, .rs256] {
                let token = try EdgeToken.good(issuer.name, by: EdgeKeys.key(algorithm))
                #expect(try await edge.refusal(token: token) == nil)
            }
            #expect(issuer.requests == [HTTPIssuer.documentPath, "/jwks"])
        }
    }

    @Test("when the keys are not where they were, the issuer is asked where they are")
    func moves() async throws {
        try await HTTPIssuer.run { issuer in
            let clock = TestClock()
            try issuer.publish([EdgeKeys.key(.es256).verificationKey])
            let edge = try Edge(issuer, keys: .discovery, clock: clock)
            #expect(
                try await edge.refusal(token: EdgeToken.good(issuer.name, by: EdgeKeys.key(.es256))) == nil
            )
            issuer.answer("/jwks", nil)
            issuer.configure(keys: issuer.origin + "/new-keys")
            try issuer.publish([EdgeKeys.key(.edDSA).verificationKey], at: "/new-keys")
            clock.advance(.seconds(600))
            #expect(
                try await edge.refusal(token: EdgeToken.good(issuer.name, by: EdgeKeys.key(.edDSA))) == nil
            )
            #expect(issuer.requests.suffix(3) == ["/jwks", HTTPIssuer.documentPath, "/new-keys"])
            // Where it says the same as before, the place that just failed is not asked again.
            issuer.answer("/new-keys", nil)
            clock.advance(.seconds(600))
            _ = try await edge.refusal(token: EdgeToken.good(issuer.name, by: EdgeKeys.key(.rs256)))
            #expect(issuer.requests.suffix(2) == ["/new-keys", HTTPIssuer.documentPath])
            #expect(
                try await edge.refusal(token: EdgeToken.good(issuer.name, by: EdgeKeys.key(.edDSA))) == nil
            )
        }
    }

    /// What the document says, and what the failure tells. `ORIGIN` is the issuer's host.
    static let documents: [(text: String, failure: String)] = [
        (#"{"issuer":"https://evil.example","jwks_uri":"ORIGIN/jwks"}"#, "another issuer"),
        (#"{"issuer":"ORIGIN/auth/","jwks_uri":"ORIGIN/jwks"}"#, "another issuer"),
        (#"{"issuer":"ORIGIN/AUTH","jwks_uri":"ORIGIN/jwks"}"#, "another issuer"),
        (#"{"jwks_uri":"ORIGIN/jwks"}"#, "can't be read"),
        (#"{"issuer":"ORIGIN/auth"}"#, "can't be read"),
        (#"{"issuer":["ORIGIN/auth"],"jwks_uri":"ORIGIN/jwks"}"#, "can't be read"),
        (#"{"issuer":"x","issuer":"ORIGIN/auth","jwks_uri":"ORIGIN/jwks"}"#, "can't be read"),
        ("<html>", "can't be read"),
        ("", "can't be read"),
        // http leaves one's own network: refused at the address, nothing is sent.
        (#"{"issuer":"ORIGIN/auth","jwks_uri":"http://93.184.215.14/jwks"}"#, "may be called"),
        (#"{"issuer":"ORIGIN/auth","jwks_uri":"http://[2606:2800:21f:cb07::1]/jwks"}"#, "may be called"),
        (#"{"issuer":"ORIGIN/auth","jwks_uri":"file:///etc/passwd"}"#, "no URL to fetch from"),
        (#"{"issuer":"ORIGIN/auth","jwks_uri":"/jwks"}"#, "no URL to fetch from"),
        (#"{"issuer":"ORIGIN/auth","jwks_uri":"http://a:b@127.0.0.1/jwks"}"#, "no URL to fetch from"),
        (#"{"issuer":"ORIGIN/auth","jwks_uri":"gopher://127.0.0.1/"}"#, "no URL to fetch from"),
    ]

    @Test("a document that is another's, leads outside or is none gives no keys", arguments: documents)
    func lies(text: String, failure: String) async throws {
        try await HTTPIssuer.run { issuer in
            try issuer.publish(EdgeKeys.published)
            issuer.answer(HTTPIssuer.documentPath, text.replacing("ORIGIN", with: issuer.origin))
            try await expectNoKeys(issuer, failure)
            #expect(issuer.requests == [HTTPIssuer.documentPath])
        }
    }

    @Test("documents of 10 MiB are not read to their end", arguments: [HTTPIssuer.documentPath, "/jwks"])
    func large(path: String) async throws {
        try await HTTPIssuer.run { issuer in
            try issuer.publish(EdgeKeys.published)
            let padding = String(repeating: " ", count: 10 << 20)
            issuer.answer(
                path,
                path == "/jwks"
                    ? padding + "{}"
                    : "{\"issuer\":\"\(issuer.name)\",\"jwks_uri\":\"\(issuer.keysURL)\"}" + padding
            )
            try await expectNoKeys(issuer, "larger than")
        }
    }

    @Test(
        "an endless content without a length ends at the limit",
        arguments: [HTTPIssuer.documentPath, "/jwks"]
    )
    func endless(path: String) async throws {
        try await HTTPIssuer.run { issuer in
            try issuer.publish(EdgeKeys.published)
            let pieces = AsyncStream<[UInt8]> { [UInt8](repeating: UInt8(ascii: " "), count: 4096) }
            issuer.answer(path, HTTPResponse(.ok, body: HTTPBody(pieces)))
            try await expectNoKeys(issuer, "larger than")
        }
    }

    @Test("redirects are not followed, endless or not", arguments: [HTTPIssuer.documentPath, "/jwks"])
    func redirects(path: String) async throws {
        try await HTTPIssuer.run { issuer in
            try issuer.publish(EdgeKeys.published)
            try issuer.publish(EdgeKeys.published, at: "/elsewhere")
            for target in [path, "/elsewhere"] {
                issuer.answer(path, HTTPResponse(302, fields: [.location: issuer.origin + target]))
                try await expectNoKeys(issuer, "answered 302")
            }
            #expect(issuer.count(path) == 2 && issuer.count("/elsewhere") == 0)
        }
    }

    @Test("an issuer that never answers holds nobody for longer than the limit")
    func silent() async throws {
        try await HTTPIssuer.run { issuer in
            issuer.hold()
            let documents = try IssuerDocuments(on: try TestLoops.two, within: .milliseconds(50))
            let discovery = try IssuerDiscovery(issuer: issuer.name, documents)
            await #expect(throws: WebClientError.self) { try await discovery.keys() }
            issuer.letGo()
            await documents.close()
        }
    }

    @Test("a key set without a key that can be used is a failure, and a shared secret in it is none")
    func unusable() async throws {
        try await HTTPIssuer.run { issuer in
            for text in [#"{"keys":[]}"#, #"{"keys":[{"kty":"oct","k":"AAAA","alg":"HS256"}]}"#, "[]", "{}"] {
                issuer.answer("/jwks", text)
                try await expectNoKeys(issuer, "JWK set")
            }
        }
    }

    /// A token of the issuer gets 503, and the failure says why.
    private func expectNoKeys(_ issuer: HTTPIssuer, _ failure: String) async throws {
        let edge = try Edge(issuer, keys: .discovery)
        let token = try EdgeToken.good(issuer.name, by: EdgeKeys.key())
        let problem = try #require(try await edge.refusal([.authorization: "Bearer \(token)"]))
        #expect(problem.status == .serviceUnavailable && problem.reason == "keys_unavailable")
        #expect(problem.fields["retry-after"] != nil)
        #expect(edge.metric("jwks_refresh_failures_total{issuer=\"\(issuer.name)\"}") == 1)
        let told = edge.authenticator.failures[issuer.name] ?? ""
        #expect(told.contains(failure), "\(told)")
        #expect(problem.detail?.contains(issuer.origin) != true)
    }
}
