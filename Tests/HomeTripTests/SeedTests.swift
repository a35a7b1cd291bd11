import Foundation
import HTTP
import JSON
import PostgresServer
import Reactor
import Supervision
import TestSupport
import Testing
import Vigie

@Suite("hometrip seed", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2))) struct SeedTests {
    /// `auth` and `listing` as processes of their own.
    private static func run(
        _ body: (_ auth: SocketAddress, _ listing: SocketAddress) async throws -> Void
    ) async throws {
        let server = try TestServer.shared
        let auth = try RunningProgram.service(
            "hometrip",
            ["auth"],
            environment: [
                "VIGIE_DATABASE_URL": server.url(try await server.database()), "VIGIE_ADMIN_PORT": "0",
                "VIGIE_IDENTITY_ISSUER": "https://front.test/auth", "VIGIE_IDENTITY_SYSTEM": "hometrip",
                "VIGIE_IDENTITY_KEY": String(repeating: "k", count: 32),
            ]
        )
        let place = try await auth.serving().service
        let listing = try RunningProgram.service(
            "hometrip",
            ["listing"],
            environment: [
                "VIGIE_DATABASE_URL": server.url(try await server.database()), "VIGIE_ADMIN_PORT": "0",
                "VIGIE_AUTH_ISSUER": "https://front.test/auth", "VIGIE_AUTH_AUDIENCE": "hometrip",
                "VIGIE_AUTH_KEYS": "http://\(place)/auth/.well-known/jwks.json",
            ]
        )
        try await body(place, try await listing.serving().service)
        await listing.process.stop()
        await auth.process.stop()
    }

    private static func seed(
        _ auth: SocketAddress,
        _ listing: SocketAddress,
        _ arguments: [String] = []
    ) async throws -> Program.Result {
        let places = ["--auth", "http://\(auth)", "--listing", "http://\(listing)"]
        let size = ["--listings", "60", "--hosts", "6"]
        return try await Program.run(
            try #require(Program.product("hometrip")),
            ["seed"] + places + size + arguments
        )
    }

    @Test("hosts and listings are written once, the same for the same number")
    func once() async throws {
        try await Self.run { auth, listing in
            let first = try await Self.seed(auth, listing)
            #expect(first.exit == .exited(0), "\(first.error)")
            #expect(first.text.hasPrefix("60 listings written, 0 were there already; 6 hosts"))
            #expect(first.error.contains("listings 60/60"))
            let again = try await Self.seed(auth, listing)
            #expect(again.text.hasPrefix("0 listings written, 60 were there already"), "\(again.error)")
            let group = try TestLoops.one
            let client = HTTPClient(on: group)
            let request = HTTPRequest(.get, "/listings?limit=100")
            let answer = try await client.send(request, to: HTTPDestination(listing))
            let page = try JSONText.decode(JSONValue.self, from: try await answer.body.collect(upTo: 1 << 22))
            await client.close()
            guard case .array(let items)? = page["items"] else { throw NeverCame(what: "items") }
            #expect(items.count == 60)
            #expect(Set(items.compactMap { $0["city"]?.string }).count == 20)
            #expect(Set(items.compactMap { $0["title"]?.string }).count == 60)
            #expect(Set(items.compactMap { $0["hostId"]?.string }).count == 6)
            let other = try await Self.seed(auth, listing, ["--seed", "2"])
            #expect(other.text.hasPrefix("60 listings written, 0 were there already"), "\(other.error)")
        }
    }
}
