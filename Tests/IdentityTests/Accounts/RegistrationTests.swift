import Foundation
import PostgresServer
import TestSupport
import Testing
import Vigie
import VigieTesting

@testable import Identity

@Suite("registration and profiles", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2)))
struct RegistrationTests {
    @Test("who registers is logged in, logs in again, and sees and changes their profile")
    func life() async throws {
        try await Stage.run { auth, stage in
            let answer = try await auth.register("anna@example.com", role: "host")
            #expect(answer.status == 201 && answer.fields["cache-control"] == "no-store")
            let tokens = try answer.decode(TokenAnswer.self)
            #expect(tokens.expiresIn == 600 && tokens.tokenType == "Bearer")
            let login = try await auth.login("anna@example.com")
            #expect(login.status == 200 && login.fields["cache-control"] == "no-store")
            let again = try login.decode(TokenAnswer.self)
            #expect(again.userId == tokens.userId)
            let me = try await auth.send(.get, "/users/me", bearer: again.accessToken).decode(Account.self)
            #expect(me.email == "anna@example.com" && me.roles == ["guest", "host"] && me.language == "en")
            let profile =
                #"{"firstName":"Änna","lastName":"Ek","about":"I cook.\nOften.","language":"pt-BR"}"#
            let changed = try await auth.send(.put, "/users/me", bearer: tokens.accessToken, json: profile)
            #expect(try changed.decode(Account.self).firstName == "Änna")
            let events = try await stage.withPool { pool in
                try await pool.all(String.self, "SELECT type FROM vigie_outbox")
            }
            #expect(events == ["hometrip.user.created"])
        }
    }

    @Test("others see no more than the public part, and nobody without a token sees anything")
    func shown() async throws {
        try await Stage.run { auth, _ in
            let anna = try await auth.enter("anna@example.com", role: "host")
            let bob = try await auth.enter("bob@example.com")
            let shown = try await auth.send(.get, "/users/\(anna.userId)", bearer: bob.accessToken)
            guard case .object(let members) = try shown.json else { throw NeverCame(what: "an object") }
            #expect(Set(members.members.map(\.key)) == ["id", "firstName", "about", "isHost", "createdAt"])
            #expect(members["isHost"] == .bool(true))
            let nobody = try await auth.send(.get, "/users/\(UUID())", bearer: bob.accessToken)
            #expect(nobody.status == 404)
            #expect(try await auth.get("/users/\(anna.userId)").status == 401)
            #expect(try await auth.get("/users/me").status == 401)
            #expect(try await auth.send(.get, "/users/me", bearer: "a.b.c").status == 401)
        }
    }

    @Test("an address has one account, however it is spelt and however many want it at once")
    func unique() async throws {
        try await Stage.run(["identity.hash-queue": "100"]) { auth, _ in
            #expect(try await auth.register("anna@example.com").status == 201)
            let again = try await auth.register(" Anna@Example.COM ")
            #expect(again.status == 409 && again.reason == "email_taken")
            #expect(try await auth.login("ANNA@example.com").status == 200)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for number in 0..<8 {
                    let email = number % 2 == 0 ? "bob@example.com" : "BOB@example.com"
                    tasks.addTask { try await auth.register(email).status }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 201 } == 1 && statuses.count { $0 == 409 } == 7)
        }
    }

    private static let long = String(repeating: "x", count: 129)
    static let mistakes: [(String, Set<String>)] = [
        (
            #"{"email":"anna","password":"short","firstName":" ","lastName":"","role":"admin"}"#,
            ["#/email", "#/password", "#/firstName", "#/lastName", "#/role"]
        ),
        (#"{"email":7,"firstName":"A"}"#, ["#/email", "#/password", "#/lastName"]),
        (body(password: long), ["#/password"]), (body(password: "password123"), ["#/password"]),
        (body(password: "PASSWORD123"), ["#/password"]), (body(password: "Qwertyuiop"), ["#/password"]),
        (body(password: "ÄÖÜäöüÄÖÜ"), ["#/password"]), (body(role: "boss"), ["#/role"]),
        (body(first: #"A\u0000B"#), ["#/firstName"]), (body(first: #"A\u001b[2J"#), ["#/firstName"]),
        (body(first: String(repeating: "x", count: 101)), ["#/firstName"]),
    ]

    private static func body(
        password: String = "a quiet password",
        first: String = "A",
        role: String = "guest"
    ) -> String {
        """
        {"email":"a@b.cc","password":"\(password)","firstName":"\(first)","lastName":"B","role":"\(role)"}
        """
    }

    @Test("each mistake is named, and nothing of it is repeated", arguments: mistakes)
    func validation(json: String, places: Set<String>) async throws {
        try await Stage.run { auth, _ in
            let answer = try await auth.post("/auth/register", json: json)
            #expect(answer.status == 422 && answer.pointers == places, "\(answer.text)")
            #expect(!answer.text.contains("short") && !answer.text.contains("password123"))
        }
    }

    @Test("what is no JSON, too large or of another type is refused")
    func badContent() async throws {
        try await Stage.run { auth, _ in
            do {
                let answer = try await auth.post("/auth/login", json: "{")
                #expect(answer.status == 400)
            }
            do {
                let answer = try await auth.post("/auth/login", json: #"{"email":"a","email":"b"}"#)
                #expect(answer.status == 400)
            }
            let deep = String(repeating: "[", count: 10_000)
            #expect(try await auth.post("/auth/login", json: deep).status == 400)
            let large = #"{"email":"\#(String(repeating: "a", count: 1 << 20))","password":""}"#
            #expect(try await auth.post("/auth/login", json: large).status == 413)
            let form = HTTPRequest(
                .post,
                "/auth/login",
                fields: [.contentType: "application/x-www-form-urlencoded"],
                body: HTTPBody("email=a")
            )
            #expect(try await auth.send(form).status == 415)
        }
    }

    @Test(
        "strings that would be SQL are text",
        arguments: ["'; DROP TABLE account; --", #"\\' OR 1=1 --"#, "$1", "%s%n", "é\u{1F600}"]
    )
    func injection(text: String) async throws {
        try await Stage.run { auth, _ in
            let json =
                #"{"email":"o'hara@example.com","password":"\#(text) and more","firstName":"\#(text)","lastName":"B"}"#
            let tokens = try await auth.post("/auth/register", json: json).decode(TokenAnswer.self)
            let me = try await auth.send(.get, "/users/me", bearer: tokens.accessToken).decode(Account.self)
            #expect(me.email == "o'hara@example.com")
            #expect(me.firstName == text.replacingOccurrences(of: #"\\"#, with: #"\"#))
            #expect(try await auth.login("o'hara@example.com", "\(text) and more").status == 200)
            #expect(try await auth.login("' OR ''='", text).status == 401)
            #expect(try await auth.login("o'hara@example.com", text).status == 401)
        }
    }

    @Test("the configuration makes the administrator, also of an address that somebody took before")
    func administrator() async throws {
        let stage = try await Stage()
        let admin = [
            "identity.admin-email": "boss@example.com", "identity.admin-password": "the boss is here",
        ]
        try await stage.run { auth in
            let thief = try await auth.enter("boss@example.com")
            try await stage.run(admin) { auth in
                #expect(try await auth.login("boss@example.com").status == 401)
                let login = try await auth.login("boss@example.com", "the boss is here")
                let tokens = try login.decode(TokenAnswer.self)
                let me = try await auth.send(.get, "/users/me", bearer: tokens.accessToken)
                #expect(try me.decode(Account.self).roles == ["guest", "host", "admin"])
            }
            #expect(try await auth.refresh(thief.refreshToken).status == 401)
        }
        try await stage.run(admin) { auth in
            let again = try await auth.login("boss@example.com", "the boss is here")
            #expect(again.status == 200)
        }
    }
}
