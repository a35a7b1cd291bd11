import Foundation
import PostgresServer
import TestSupport
import Testing
import Vigie
import VigieTesting

@testable import Identity

@Suite("signing keys", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2))) struct KeyRingTests {
    private static func keys(_ auth: TestService) async throws -> KeySet {
        try KeySet(jwks: try await auth.get("/auth/.well-known/jwks.json").content)
    }

    private static func verifier() -> TokenVerifier {
        var verifier = TokenVerifier(issuer: Stage.issuer, audiences: ["hometrip"])
        (verifier.algorithms, verifier.type) = ([.es256], "at+jwt")
        return verifier
    }

    private static func time(_ clock: TestClock) -> UnixTime {
        UnixTime(seconds: Int64(clock.now.timeIntervalSince1970))
    }

    @Test("a token says who, for whom and how long; the keys at both places verify it")
    func claims() async throws {
        try await Stage.run { auth, stage in
            let tokens = try await auth.enter("anna@example.com", role: "host")
            let text = tokens.accessToken.utf8.span
            let token = try Self.verifier().verify(
                text,
                keys: try await Self.keys(auth),
                at: Self.time(stage.clock)
            )
            #expect(
                token.claims.subject == tokens.userId.uuidString.lowercased()
                    && token.claims.roles == ["guest", "host"]
            )
            let (start, end) = (try #require(token.claims.issuedAt), try #require(token.claims.expiration))
            #expect(end.seconds - start.seconds == 600 && token.claims.id != nil)
            #expect(token.claims.audience == ["hometrip"])
            for place in ["/auth/.well-known", "/.well-known"] {
                let metadata = try await auth.get("\(place)/openid-configuration").json
                #expect(metadata["issuer"]?.string == Stage.issuer)
                #expect(metadata["jwks_uri"]?.string == Stage.issuer + "/.well-known/jwks.json")
                let set = try await auth.get("\(place)/jwks.json")
                #expect(set.fields["cache-control"] == "public, max-age=60")
                #expect(!set.text.contains(#""d":"#))
                let keys = try KeySet(jwks: set.content)
                #expect(keys.keys.count == 1 && keys.keys[0].id == token.header.keyID)
            }
        }
    }

    @Test(
        "replicas that start at once on an empty database have one key, and each believes the other's tokens"
    )
    func replicas() async throws {
        let stage = try await Stage()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<3 {
                tasks.addTask {
                    try await stage.run { auth in
                        let shown = try await Self.keys(auth)
                        #expect(shown.keys.count == 1)
                    }
                }
            }
            try await tasks.waitForAll()
        }
        try await stage.run { one in
            try await stage.run { other in
                let tokens = try await one.enter("anna@example.com")
                #expect(try await other.send(.get, "/users/me", bearer: tokens.accessToken).status == 200)
                let keys = try await Self.keys(other)
                let text = tokens.accessToken.utf8.span
                _ = try Self.verifier().verify(text, keys: keys, at: Self.time(stage.clock))
                let renewed = try await other.refresh(tokens.refreshToken).decode(TokenAnswer.self)
                #expect(try await one.send(.get, "/users/me", bearer: renewed.accessToken).status == 200)
            }
        }
    }

    @Test("each 30 days another key signs; it is shown a day before, and the old one a day longer")
    func rotation() async throws {
        let stage = try await Stage()
        try await stage.run { auth in
            #expect(try await Self.keys(auth).keys.count == 1)
            _ = try await auth.enter("anna@example.com")
        }
        // Each start looks after the keys, as the work beside the requests does each minute.
        stage.clock.advance(.days(29) + .hours(1))
        let old = Noted<String>()
        try await stage.run { auth in
            let shown = try await Self.keys(auth)
            #expect(shown.keys.count == 2)
            let token = try await auth.login("anna@example.com").decode(TokenAnswer.self)
            old.add(token.accessToken)
        }
        let firstID = try Self.keyID(try #require(old.all.first))
        stage.clock.advance(.hours(22) + .minutes(55))
        try await stage.run { auth in
            let late = try await auth.login("anna@example.com").decode(TokenAnswer.self).accessToken
            #expect(try Self.keyID(late) == firstID)
            stage.clock.advance(.minutes(6))
            let next = try await auth.login("anna@example.com").decode(TokenAnswer.self).accessToken
            #expect(try Self.keyID(next) != firstID)
            // The key of the token that was given out a moment before the change is still shown.
            let keys = try await Self.keys(auth)
            let now = Self.time(stage.clock)
            _ = try Self.verifier().verify(late.utf8.span, keys: keys, at: now)
            _ = try Self.verifier().verify(next.utf8.span, keys: keys, at: now)
        }
        stage.clock.advance(.days(1))
        try await stage.run { auth in
            let keys = try await Self.keys(auth)
            #expect(keys.keys.count == 1 && keys.keys[0].id != firstID)
        }
    }

    private static func keyID(_ token: String) throws -> String {
        let head = try #require(token.split(separator: ".").first)
        let text = String(head)
        guard let bytes = Base64URL.decode(text.utf8.span) else { throw NeverCame(what: "base64url") }
        return try #require(try JSONText.decode(JSONValue.self, from: bytes)["kid"]?.string)
    }

    @Test("keys are sealed in the database; another key does not open them, and the start says so")
    func sealed() async throws {
        let stage = try await Stage()
        try await stage.run { _ in }
        let rows = try await stage.withPool { pool in
            try await pool.all(StoredKey.self, "SELECT * FROM signing_key")
        }
        let row = try #require(rows.first)
        #expect(!String(decoding: row.sealed, as: UTF8.self).contains(#""d":"#))
        let other = String(repeating: "o", count: 32)
        await #expect(throws: KeyRing.WrongSeal.self) {
            try await stage.run(["identity.key": other]) { _ in }
        }
        let previous = String(repeating: "k", count: 32)
        try await stage.run(["identity.key": other, "identity.previous-key": previous]) { auth in
            let shown = try await Self.keys(auth)
            #expect(shown.keys[0].id == row.id)
        }
        // Sealed anew: the previous one is not needed any more.
        try await stage.run(["identity.key": other]) { auth in
            let shown = try await Self.keys(auth)
            #expect(shown.keys[0].id == row.id)
        }
    }

    @Test("a sealed key of another row is not taken for this one's")
    func swapped() async throws {
        let stage = try await Stage()
        try await stage.run { _ in }
        stage.clock.advance(.days(29) + .hours(1))
        try await stage.run { _ in }
        try await stage.withPool { pool in
            try await pool.execute(
                """
                UPDATE signing_key a SET sealed = b.sealed FROM signing_key b WHERE a.id <> b.id
                """
            )
        }
        await #expect(throws: KeyRing.WrongSeal.self) { try await stage.run { _ in } }
    }

    @Test("while the database is away the last keys are shown")
    func away() async throws {
        let server = try TestServer()
        let database = try await server.database()
        let settings = ["database.url": server.url(database), "instance.probe-interval": "100ms"]
        try await Stage().run(settings) { auth in
            let keys = try await Self.keys(auth)
            server.kill()
            #expect(try await settles { try await auth.get("/health/ready").status == 503 })
            #expect(try await Self.keys(auth) == keys)
            let refused = try await auth.login("anna@example.com")
            #expect(refused.status == 503 && refused.fields["retry-after"] != nil)
        }
    }
}
