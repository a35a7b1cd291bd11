import Reactor
import TestSupport
import Testing

@testable import HTTP

@Suite("upgrades between our own ends, and through nginx", .timeLimit(.minutes(1))) struct UpgradedEchoTests {
    /// Echoes until the client ends its side.
    @Sendable private static func echo(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard request.upgrade == "echo" else { return HTTPResponse(.ok, body: HTTPBody("no")) }
        return .switching(to: "echo") { connection in
            while let bytes = try await connection.read() { try await connection.write(bytes) }
        }
    }

    private static func echoes(_ client: HTTPClient, at destination: HTTPDestination) async throws {
        let connection = try await UpgradeCallTests.switched(
            client,
            destination,
            HTTPRequest(.get, "/", fields: [.upgrade: "echo"])
        )
        let content = Pieces.bytes(0..<(12 << 20))
        async let echoed = connection.bytes(content.count)
        for start in stride(from: 0, to: content.count, by: 1 << 20) {
            try await connection.write(Array(content[start..<(start + 1 << 20)]))
        }
        await connection.finishWriting()
        #expect(try await echoed == content)
        let end = try await connection.read()
        #expect(end == nil)
    }

    @Test("an echo of more than all buffers hold comes back whole")
    func direct() async throws {
        try await TestServer.run(handler: Self.echo) { server in
            let client = try ClientFixture.client()
            try await Self.echoes(client, at: HTTPDestination(server.address))
            #expect(await client.settles { $0.connectionsUpgraded == 0 })
            // Both sides ended in good order.
            #expect(await server.counters.clientDisconnected == 0)
        }
    }

    @Test("on the loop of the server that it is called from")
    func onLoop() async throws {
        try await TestServer.run(handler: Self.echo) { server in
            let group = try TestServer.group
            let client = HTTPClient(on: group)
            let destination = HTTPDestination(server.address)
            let work = Task(executorPreference: group.loops[0]) {
                try await Self.echoes(client, at: destination)
            }
            try await work.value
            await client.close()
        }
    }

    @Test("through nginx", .enabled(if: Program.isWanted("nginx"), "needs nginx"))
    func nginx() async throws {
        try await TestServer.run(handler: Self.echo) { server in
            try await Nginx.run(
                upstream: [server.address],
                """
                location / {
                    proxy_pass http://upstream;
                    proxy_http_version 1.1;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection upgrade;
                }
                """
            ) { address in
                let client = try ClientFixture.client()
                try await Self.echoes(client, at: HTTPDestination(address))
                #expect(await client.settles { $0.connectionsUpgraded == 0 })
            }
        }
    }
}
