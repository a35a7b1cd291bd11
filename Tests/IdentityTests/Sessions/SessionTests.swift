import Foundation
import PostgresServer
import Testing
import Vigie
import VigieTesting

@testable import Identity

@Suite("sessions", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2))) struct SessionTests {
    @Test("a refresh token gives new tokens once")
    func rotation() async throws {
        try await Stage.run { auth, _ in
            var tokens = try await auth.enter("anna@example.com")
            for _ in 0..<3 {
                let answer = try await auth.refresh(tokens.refreshToken)
                #expect(answer.status == 200 && answer.fields["cache-control"] == "no-store")
                let new = try answer.decode(TokenAnswer.self)
                #expect(new.refreshToken != tokens.refreshToken && new.accessToken != tokens.accessToken)
                #expect(try await auth.send(.get, "/users/me", bearer: new.accessToken).status == 200)
                tokens = new
            }
        }
    }

    @Test("one that is used twice ends its whole family, and no other session")
    func reuse() async throws {
        try await Stage.run { auth, stage in
            let first = try await auth.enter("anna@example.com")
            let other = try await auth.login("anna@example.com").decode(TokenAnswer.self)
            let second = try await auth.refresh(first.refreshToken).decode(TokenAnswer.self)
            let refused = try await auth.refresh(first.refreshToken)
            #expect(refused.status == 401 && refused.reason == "refresh_refused")
            #expect(try await auth.refresh(second.refreshToken).status == 401)
            #expect(try await auth.refresh(other.refreshToken).status == 200)
            #expect(!auth.logLines("a refresh token was used twice").isEmpty)
            // Both access tokens of the family are to be told to the gateways.
            let revoked = try await stage.withPool { pool in
                try await pool.first(Int.self, "SELECT count(*) FROM revoked_token")
            }
            #expect(revoked == 2)
        }
    }

    @Test("used many times at once it gives tokens at most once, and the family has ended")
    func race() async throws {
        let stage = try await Stage()
        try await stage.run { one in
            try await stage.run { other in
                for round in 0..<3 {
                    let tokens = try await one.enter("anna\(round)@example.com")
                    let answers = try await withThrowingTaskGroup(of: TestService.Answer.self) { tasks in
                        for number in 0..<10 {
                            let replica = number % 2 == 0 ? one : other
                            tasks.addTask { try await replica.refresh(tokens.refreshToken) }
                        }
                        return try await tasks.reduce(into: []) { $0.append($1) }
                    }
                    let good = answers.filter { $0.status == 200 }
                    #expect(good.count == 1 && answers.count { $0.status == 401 } == 9)
                    let winner = try #require(good.first).decode(TokenAnswer.self)
                    #expect(try await one.refresh(winner.refreshToken).status == 401)
                }
            }
        }
    }

    @Test("a logout ends one session; of an unknown token it is no more than a 204")
    func logout() async throws {
        try await Stage.run { auth, _ in
            let tokens = try await auth.enter("anna@example.com")
            let other = try await auth.login("anna@example.com").decode(TokenAnswer.self)
            #expect(try await auth.logout(tokens.refreshToken).status == 204)
            #expect(try await auth.logout(tokens.refreshToken).status == 204)
            #expect(try await auth.refresh(tokens.refreshToken).status == 401)
            #expect(try await auth.refresh(other.refreshToken).status == 200)
            let unknown = String(repeating: "A", count: 43)
            #expect(try await auth.logout(unknown).status == 204)
            for bad in ["", "x", unknown, unknown + "=", "../../etc/passwd", "' OR 1=1 --"] {
                let status = try await auth.refresh(bad).status
                #expect(status == (bad.isEmpty ? 422 : 401))
            }
        }
    }

    @Test("a refresh token is good for 30 days from when it was given out")
    func expiry() async throws {
        try await Stage.run { auth, stage in
            let first = try await auth.enter("anna@example.com")
            stage.clock.advance(.days(29))
            let second = try await auth.refresh(first.refreshToken).decode(TokenAnswer.self)
            stage.clock.advance(.days(29))
            let third = try await auth.refresh(second.refreshToken).decode(TokenAnswer.self)
            stage.clock.advance(.days(30))
            #expect(try await auth.refresh(third.refreshToken).status == 401)
        }
    }

    @Test("the database has no refresh token and no password in a form that could be used")
    func digests() async throws {
        try await Stage.run { auth, stage in
            let tokens = try await auth.enter("anna@example.com")
            let rows = try await stage.withPool { pool in
                try await pool.all(
                    String.self,
                    "SELECT t::text FROM refresh_token t UNION ALL SELECT a::text FROM account a"
                )
            }
            #expect(rows.count == 2)
            for row in rows {
                #expect(!row.contains(tokens.refreshToken) && !row.contains(Stage.password))
            }
            #expect(rows.contains { $0.contains("$argon2id$v=19$m=19456,t=2,p=1$") })
            #expect(auth.logLines(Stage.password).isEmpty && auth.logLines(tokens.refreshToken).isEmpty)
        }
    }

    @Test("what has expired is deleted")
    func forgetting() async throws {
        try await Stage.run { auth, stage in
            _ = try await auth.enter("anna@example.com")
            _ = try await auth.login("anna@example.com", "another password")
            try await stage.withPool { pool in
                let later = stage.clock.now.addingTimeInterval(Duration.days(31).seconds)
                let options = IdentityOptions()
                let keys = KeyRing(
                    pool,
                    KeyRing.Seals(
                        current: try SealingKey(Secret(String(repeating: "k", count: 32))),
                        previous: nil
                    ),
                    options.schedule
                ) { later }
                let tokens = AccessTokens(keys: keys, issuer: "i", audience: "a", lifetime: .seconds(1))
                let store = SessionStore(database: pool, tokens: tokens, refreshTime: options.refreshTime)
                try await store.forget(at: later)
                try await options.logins(pool).forget(at: later)
                for table in ["session", "refresh_token", "failed_login"] {
                    let count = try await pool.first(
                        Int.self,
                        "SELECT count(*) FROM \(SQL.identifier(table))"
                    )
                    #expect(count == 0, "\(table)")
                }
            }
        }
    }
}
