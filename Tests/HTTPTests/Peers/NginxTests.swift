import Reactor
import TestSupport
import Testing

@testable import HTTP

@Suite("nginx", .enabled(if: Program.isWanted("nginx"), "needs nginx"), .timeLimit(.minutes(1)))
struct NginxTests {
    private static func content(_ size: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix(seed: seed)
        return (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    private static let sizes = [0, 1, 100, 1_000, 16_383, 16_384, 65_537, 300_000, 1_000_000]

    /// Fetches each file some times, with several calls at once.
    private func fetchAll(_ files: [String: [UInt8]], from address: SocketAddress) async throws {
        let client = try ClientFixture.client { $0.connectionsPerLoop = 4 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                for (name, content) in files {
                    group.addTask {
                        let response = try await client.send(
                            HTTPRequest(.get, "/\(name)"),
                            to: HTTPDestination(address)
                        )
                        let got = try await response.body.collect(upTo: 1 << 24)
                        #expect(response.head.status == .ok)
                        #expect(got == content, "\(name)")
                    }
                }
            }
            try await group.waitForAll()
        }
        await client.close()
    }

    private static let files = Dictionary(
        uniqueKeysWithValues: sizes.enumerated().map { ("f\($1)", content($1, seed: UInt64($0))) }
    )

    @Test("as a server for this client, ending connections after some answers")
    func server() async throws {
        try await Nginx.run(files: Self.files, "keepalive_requests 7;") { address in
            try await fetchAll(Self.files, from: address)
        }
    }

    @Test("as a server behind bare-proxy")
    func behindProxy() async throws {
        try await Nginx.run(files: Self.files, "keepalive_requests 7;") { address in
            try await PeerServer.run(product: "bare-proxy", ["--backend", "\(address)"]) { proxy, _ in
                try await fetchAll(Self.files, from: proxy)
            }
        }
    }

    /// What stands between nginx and hello.
    enum Chain: CaseIterable { case direct, bareProxy }

    @Test("as a proxy with kept connections", arguments: Chain.allCases)
    func proxy(_ chain: Chain) async throws {
        try await PeerServer.run(product: "hello") { hello, _ in
            guard chain == .bareProxy else { return try await echoes(through: hello) }
            try await PeerServer.run(product: "bare-proxy", ["--backend", "\(hello)"]) { proxy, _ in
                try await echoes(through: proxy)
            }
        }
    }

    private func echoes(through upstream: SocketAddress) async throws {
        try await Nginx.run(upstream: [upstream], Nginx.proxy) { address in
            let client = try ClientFixture.client { $0.connectionsPerLoop = 4 }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, size) in (Self.sizes + Self.sizes + Self.sizes).enumerated() {
                    group.addTask {
                        let content = Self.content(size, seed: UInt64(index))
                        let body = index % 2 == 0 ? HTTPBody(content) : HTTPBody([.bytes(content)])
                        let request = HTTPRequest(.post, "/echo", body: body)
                        let response = try await client.send(request, to: HTTPDestination(address))
                        let echoed = try await response.body.collect(upTo: 1 << 24)
                        #expect(response.head.status == .ok)
                        #expect(echoed == content)
                    }
                }
                try await group.waitForAll()
            }
            await client.close()
        }
    }

    @Test(
        "one of two servers behind it drains under load: nobody notices",
        .enabled(if: Program.isWanted("wrk"), "needs wrk")
    )
    func drain() async throws {
        try await PeerServer.run(product: "hello") { first, _ in
            try await PeerServer.run(product: "hello") { second, leaving in
                try await Nginx.run(upstream: [first, second], Nginx.proxy) { address in
                    async let load = Program.run("wrk", ["-t1", "-c32", "-d3s", "http://\(address)/1k"])
                    // So many answers beside the load: then it is under way.
                    let client = try ClientFixture.client()
                    for _ in 0..<200 {
                        let response = try await client.send(
                            HTTPRequest(.get, "/1k"),
                            to: HTTPDestination(address)
                        )
                        #expect(response.head.status == .ok)
                        #expect(try await response.body.collect(upTo: 1 << 20).count == 1024)
                    }
                    leaving.terminate()
                    let text = try await load.text
                    #expect(text.contains(" requests in "))
                    #expect(!text.contains("Non-2xx") && !text.contains("Socket errors"), "\(text)")
                    await client.close()
                }
            }
        }
    }
}
