import Foundation
import PostgresServer
import TestSupport
import Testing
import Vigie
import VigieTesting

@testable import Identity

@Suite("logins", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2))) struct LoginTests {
    @Test("a wrong password and no account are answered alike")
    func alike() async throws {
        try await Stage.run { auth, _ in
            _ = try await auth.enter("anna@example.com")
            var answers: [TestService.Answer] = []
            for email in ["anna@example.com", "nobody@example.com"] {
                answers.append(try await auth.login(email, "another password"))
            }
            #expect(answers.allSatisfy { $0.status == 401 && $0.reason == "wrong_credentials" })
            let details = try answers.map { try $0.json["detail"]?.string }
            #expect(details[0] == details[1])
            #expect(answers.allSatisfy { $0.fields["www-authenticate"] == "Bearer" })
            #expect(try await auth.login("not an address", "another password").status == 401)
        }
    }

    @Test("no account is answered as late as a wrong password")
    func late() async throws {
        try await Stage.run(["identity.failure-limit": "1000"]) { auth, _ in
            _ = try await auth.enter("anna@example.com")
            func time(_ email: String) async throws -> Duration {
                let start = MonotonicInstant.now
                _ = try await auth.login(email, "another password")
                return .now - start
            }
            var (known, unknown): ([Duration], [Duration]) = ([], [])
            for _ in 0..<9 {
                known.append(try await time("anna@example.com"))
                unknown.append(try await time("nobody@example.com"))
            }
            // Without the hash it would take a twentieth.
            let (one, other) = (known.sorted()[4], unknown.sorted()[4])
            #expect(other > one / 2 && one > other / 2, "\(one), \(other)")
        }
    }

    /// Seconds until the end; what a client is told.
    static let waits: [(Double, Int)] = [
        (900, 900), (900.000_000_7, 900), (899.999_999_6, 900), (899.2, 900), (0.5, 1), (0, 1), (-1, 1),
    ]

    @Test("a wait is told in whole seconds, and not one more for the rounding of a clock", arguments: waits)
    func wait(seconds: Double, told: Int) {
        let now = Date(timeIntervalSinceReferenceDate: 0)
        #expect(LoginGuard.secondsLeft(until: now.addingTimeInterval(seconds), now) == told)
    }

    @Test("5 wrong passwords lock an address for 15 minutes, whether it has an account or not")
    func lock() async throws {
        try await Stage.run { auth, stage in
            _ = try await auth.enter("anna@example.com")
            for email in ["anna@example.com", "nobody@example.com"] {
                for _ in 0..<5 { #expect(try await auth.login(email, "another password").status == 401) }
                let locked = try await auth.login(email, "another password")
                #expect(locked.status == 429 && locked.reason == "login_locked")
                let seconds = try #require(locked.fields["retry-after"].flatMap { Int($0) })
                #expect((890...900).contains(seconds))
            }
            #expect(try await auth.login("Anna@example.com").status == 429)
            stage.clock.advance(.minutes(14))
            #expect(try await auth.login("anna@example.com").status == 429)
            stage.clock.advance(.minutes(1) + .seconds(1))
            #expect(try await auth.login("anna@example.com").status == 200)
        }
    }

    @Test("failures count within 15 minutes, and a right password begins anew")
    func window() async throws {
        try await Stage.run { auth, stage in
            _ = try await auth.enter("anna@example.com")
            func fail(_ count: Int) async throws {
                for _ in 0..<count {
                    #expect(try await auth.login("anna@example.com", "another password").status == 401)
                }
            }
            try await fail(4)
            stage.clock.advance(.minutes(15) + .seconds(1))
            try await fail(4)
            #expect(try await auth.login("anna@example.com").status == 200)
            try await fail(4)
            #expect(try await auth.login("anna@example.com").status == 200)
        }
    }

    @Test("guesses that come all at once get no further than those that come in turn")
    func burst() async throws {
        try await Stage.run { auth, _ in
            _ = try await auth.enter("anna@example.com")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<40 {
                    tasks.addTask { try await auth.login("anna@example.com", "another password").status }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(statuses).isSubset(of: [401, 429]))
            #expect(try await auth.login("anna@example.com").status == 429)
        }
    }

    @Test("beyond the passwords that may wait to be hashed, the next is 503")
    func overload() async throws {
        let settings = ["identity.hash-threads": "1", "identity.hash-queue": "1"]
        try await Stage.run(settings) { auth, _ in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for number in 0..<20 {
                    tasks.addTask {
                        try await auth.login("nobody\(number)@example.com", "another password").status
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.contains(503) && Set(statuses).isSubset(of: [401, 503]))
            try await eventually("room") {
                try await auth.login("some@example.com", "another password").status == 401
            }
        }
    }
}
