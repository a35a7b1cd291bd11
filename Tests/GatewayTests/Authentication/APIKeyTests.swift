import HTTP
import Routing
import Secrets
import Telemetry
import TestSupport
import Testing

@testable import Gateway
@testable import Tokens

@Suite("API keys", .timeLimit(.minutes(1))) struct APIKeyTests {
    private func edge(_ keys: [APIKeySettings], field: HTTPFieldName = "x-api-key") throws -> Edge {
        var settings = EdgeAuthenticationSettings()
        (settings.apiKeys, settings.apiKeyField) = (keys, field)
        return try Edge(settings)
    }

    @Test(
        "a key names its owner, in the configured field, and goes no further",
        arguments: ["x-api-key", "X-Partner-Key"]
    )
    func valid(field: String) async throws {
        let name = try #require(HTTPFieldName(field))
        let (key, digest) = try APIKey.make()
        let (other, otherDigest) = try APIKey.make()
        let edge = try edge(
            [
                APIKeySettings(id: "one", sha256: otherDigest, subject: "service:one"),
                APIKeySettings(
                    id: "ci",
                    sha256: digest.uppercased(),
                    subject: "service:ci",
                    roles: ["builder"],
                    scopes: ["read", "write"],
                    tenant: "acme",
                    expires: .now + .seconds(60)
                ),
            ],
            field: name
        )
        try await edge.serve(.role("builder")) { send in
            let answer = try await send("/", [name: key.reveal(), "x-auth-subject": "root"])
            #expect(answer.status == .ok)
            #expect(answer.upstream("x-auth-subject") == ["service:ci"])
            #expect(answer.upstream("x-auth-roles") == ["builder"])
            #expect(answer.upstream("x-auth-scopes") == ["read write"])
            #expect(!answer.text.contains(key.reveal()) && answer.upstream("authorization").isEmpty)
            #expect(try await send("/", [name: other.reveal()]).status == .forbidden)
        }
        let head = HTTPRequestHead(.get, "/", fields: [name: key.reveal()])
        let identity = try await edge.authenticator.identity(of: head)
        #expect(identity?.credential == .apiKey(id: "ci"))
        #expect(identity?.principal.tenant == "acme")
        #expect(edge.metric("auth_tokens_total{result=\"api_key_valid\"}") == 3)
    }

    @Test("what is no key, unknown or over is 401, and not repeated")
    func refused() async throws {
        let (key, digest) = try APIKey.make()
        let old = try APIKey.make()
        let edge = try edge([
            APIKeySettings(id: "ci", sha256: digest, subject: "ci"),
            APIKeySettings(id: "old", sha256: old.sha256, subject: "ci", expires: .now),
        ])
        let text = key.reveal()
        let last = text.last == "A" ? "E" : "A"
        let unknown = [
            "", "vgk_", digest, String(text.dropLast()), text + "A", text.uppercased(),
            "Vgk_" + text.dropFirst(4),
            String(text.dropLast()) + last, text.replacing("vgk_", with: "vgk-"),
            "vgk_" + String(repeating: "+", count: 43),
            "Bearer " + text, try APIKey.make().key.reveal(),
        ]
        for given in unknown {
            let problem = try #require(try await edge.refusal(["x-api-key": given]), "\(given.count) bytes")
            #expect(problem.status == .unauthorized && problem.reason == "api_key_unknown")
            #expect(problem.fields["www-authenticate"] == "Bearer")
            #expect(given.isEmpty || !problem.json.contains(given))
        }
        let problem = try #require(try await edge.refusal(["x-api-key": old.key.reveal()]))
        #expect(problem.status == .unauthorized && problem.reason == "api_key_expired")
        #expect(edge.metric("auth_tokens_total{result=\"api_key_unknown\"}") == Double(unknown.count))
        #expect(edge.metric("auth_tokens_total{result=\"api_key_expired\"}") == 1)
        #expect(try await edge.refusal(["x-api-key": text]) == nil)
    }

    @Test("a new key has its form, another one each time, and fits its digest")
    func new() throws {
        let keys = try (0..<100).map { _ in try APIKey.make() }
        #expect(Set(keys.map { $0.key.reveal() }).count == 100)
        for (key, digest) in keys {
            let text = Array(key.reveal().utf8)
            #expect(text.count == 47 && text.starts(with: Array("vgk_".utf8)))
            #expect(
                digest == digest.lowercased()
                    && APIKey.digest(parsing: digest) == APIKey.digest(of: text[...])
            )
        }
        // FIPS 180-4's digest, from elsewhere.
        let zeros = Array(("vgk_" + String(repeating: "A", count: 43)).utf8)
        #expect(APIKey.digest(of: zeros[...]) == APIKey.digest(parsing: Self.digestOfZeros))
    }

    /// `printf vgk_AAA… | sha256sum`.
    static let digestOfZeros = "e8762e06365cb14d832380be41e472b3d6b7495dc3a8ca67a0989b7ab370ba10"
}
