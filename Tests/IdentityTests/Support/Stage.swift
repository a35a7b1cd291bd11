import Foundation
import PostgresServer
import Vigie
import VigieTesting

@testable import Identity

/// Replicas of the service on one database.
struct Stage: Sendable {
    static let issuer = "https://front.test/auth"
    static let password = "a quiet password"

    let database: String
    let clock = TestClock()

    init() async throws { database = try await TestServer.shared.database() }

    /// Runs a replica.
    func run(
        _ settings: [String: String] = [:],
        _ body: @Sendable (TestService) async throws -> Void
    ) async throws {
        let own = [
            "database.url": try TestServer.shared.url(database), "identity.issuer": Self.issuer,
            "identity.system": "hometrip", "identity.key": String(repeating: "k", count: 32),
            // There is no `auth.*`: the service believes its own tokens.
            "auth.algorithms": "ES256",
        ]
        try await TestClock.$current.withValue(clock) {
            try await TestService.run(TimedIdentity.self, settings: own.merging(settings) { $1 }, body)
        }
    }

    /// One replica on a new database.
    static func run(
        _ settings: [String: String] = [:],
        _ body: @Sendable (TestService, Stage) async throws -> Void
    ) async throws {
        let stage = try await Stage()
        try await stage.run(settings) { try await body($0, stage) }
    }

    /// A pool of the test's own.
    @discardableResult func withPool<Value>(
        _ body: (PostgresPool) async throws -> Value
    ) async throws -> Value {
        let pool = try PostgresPool(
            PostgresSettings(url: TestServer.shared.url(database)),
            on: TestServer.loop
        )
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw error
        }
    }
}

extension TestService {
    func register(
        _ email: String,
        password: String = Stage.password,
        role: String? = nil
    ) async throws -> Answer {
        let role = role.map { #","role":"\#($0)""# } ?? ""
        return try await post(
            "/auth/register",
            json:
                #"{"email":"\#(email)","password":"\#(password)","firstName":"Anna","lastName":"Ek"\#(role)}"#
        )
    }

    /// Registers and gives the tokens.
    func enter(_ email: String, role: String? = nil) async throws -> TokenAnswer {
        try await register(email, role: role).decode(TokenAnswer.self)
    }

    func login(_ email: String, _ password: String = Stage.password) async throws -> Answer {
        try await post("/auth/login", json: #"{"email":"\#(email)","password":"\#(password)"}"#)
    }

    func refresh(_ token: String) async throws -> Answer {
        try await post("/auth/refresh", json: #"{"refreshToken":"\#(token)"}"#)
    }

    func logout(_ token: String) async throws -> Answer {
        try await post("/auth/logout", json: #"{"refreshToken":"\#(token)"}"#)
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        bearer: String,
        json: String? = nil
    ) async throws -> Answer {
        try await send(method, path, json: json, fields: [.authorization: "Bearer \(bearer)"])
    }
}

extension TestService.Answer {
    var reason: String? { (try? json)?["reason"]?.string }

    /// What is wrong, by its place.
    var pointers: Set<String> {
        guard case .array(let errors)? = (try? json)?["errors"] else { return [] }
        return Set(errors.compactMap { $0["pointer"]?.string })
    }
}
