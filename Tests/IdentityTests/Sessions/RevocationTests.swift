import Foundation
import Glibc
import HTTP
import PostgresServer
import Reactor
import Supervision
import TestSupport
import Testing
import Vigie
import VigieTesting

@testable import Authentication
@testable import Identity

@Suite("revocations", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2))) struct RevocationTests {
    private static func registry(_ port: UInt16) async throws -> RunningProgram {
        let program = try RunningProgram("vigie", ["registry", "--port", "\(port)", "--loops", "1"])
        _ = try await program.listening()
        return program
    }

    /// The entries, as gateways read them.
    private static func entries(_ auth: TestService, _ port: UInt16) async throws -> [RevocationEntry] {
        let request = HTTPRequest(.get, "/v1/kv/vigie/revoked/?recurse")
        let answer = try await auth.client.send(request, to: HTTPDestination(.loopback(port: port)))
        guard answer.head.status == .ok else { return [] }
        let pairs = try JSONText.decode(
            [[String: JSONValue]].self,
            from: try await answer.body.collect(upTo: 1 << 20)
        )
        return try pairs.map { pair in
            let value = try #require(pair["Value"]?.string.flatMap { Data(base64Encoded: $0) })
            return try RevocationEntry(parsing: Array(value))
        }
    }

    private static func claim(_ name: String, _ token: String) throws -> JSONValue? {
        let part = try #require(token.split(separator: ".").dropFirst().first)
        let text = String(part)
        guard let bytes = Base64URL.decode(text.utf8.span) else { throw NeverCame(what: "base64url") }
        return try JSONText.decode(JSONValue.self, from: bytes)[name]
    }

    @Test("a logout is told to the gateways, and taken off the list when the token has ended")
    func told() async throws {
        let port = try LoopbackPort.free(1)[0]
        let registry = try await Self.registry(port)
        let settings = ["consul.address": "127.0.0.1:\(port)", "discovery.snapshots": ""]
        try await Stage.run(settings) { auth, stage in
            let tokens = try await auth.enter("anna@example.com")
            #expect(try await Self.entries(auth, port).isEmpty)
            #expect(try await auth.logout(tokens.refreshToken).status == 204)
            let id = try #require(try Self.claim("jti", tokens.accessToken)?.string)
            let end = try #require(try Self.claim("exp", tokens.accessToken)?.number?.int64)
            let entry = try #require(try await Self.entries(auth, port).first)
            #expect(entry.scope == .token(id: id) && entry.issuer == Stage.issuer)
            #expect(entry.until == UnixTime(seconds: end))
            stage.clock.advance(.minutes(10) + .seconds(58))
            #expect(try await Self.entries(auth, port).count == 1)
            stage.clock.advance(.seconds(4))
            try await eventually("an empty list") { try await Self.entries(auth, port).isEmpty }
        }
        await registry.process.stop()
    }

    @Test("what could not be told, since the registry was away, is told when it is back")
    func later() async throws {
        let port = try LoopbackPort.free(1)[0]
        let settings = ["consul.address": "127.0.0.1:\(port)", "discovery.snapshots": ""]
        try await Stage.run(settings) { auth, _ in
            let tokens = try await auth.enter("anna@example.com")
            #expect(try await auth.logout(tokens.refreshToken).status == 204)
            #expect(try await auth.refresh(tokens.refreshToken).status == 401)
            let registry = try await Self.registry(port)
            try await eventually("the entry") { try await Self.entries(auth, port).count == 1 }
            await registry.process.stop()
        }
    }
}
