import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing
import VigieTesting

/// Two gateways with nginx in front of them, behind them, and without, and one before the other: on no chain do two parties
/// cut the same bytes into other requests.
@Suite("request smuggling (RFC 9112 §11.2)", .timeLimit(.minutes(3))) struct SmugglingTests {
    private static let document = #"{"routes": [{"path": "/{rest...}", "service": "echo", "auth": "open"}]}"#
    private static let settings = ["server.head-timeout": "1s", "server.content-timeout": "1s"]

    /// nginx before something, with kept connections, as a front that adds nothing of its own.
    private static func nginx(
        before addresses: [SocketAddress],
        _ body: (SocketAddress) async throws -> Void
    ) async throws {
        try await NginxProcess.run(in: try TemporaryFolder()) { ports in
            """
            client_header_timeout 1s; client_body_timeout 1s;
            upstream next { \(addresses.map { "server \($0);" }.joined(separator: " ")) keepalive 4; }
            server {
                listen 127.0.0.1:\(ports[0]);
                location / {
                    proxy_pass http://next;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_request_buffering off;
                }
            }
            """
        } _: { ports in
            try await body(.loopback(port: ports[0]))
        }
    }

    /// Says what it was asked for, in answers of each kind.
    private static let service: Upstream.Answer = { request in
        let content = try await request.body.collect(upTo: 1 << 20)
        let target = request.head.target
        switch target {
        case "/204": return HTTPResponse(.noContent)
        case "/304": return HTTPResponse(.notModified, fields: ["etag": "\"a\""])
        case "/chunks": return HTTPResponse(.ok, body: HTTPBody(chunks(target)))
        default: return HTTPResponse(.ok, fields: ["x-content": "\(content.count)"], body: HTTPBody(target))
        }
    }

    private static func chunks(_ text: String) -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            for byte in text.utf8 { continuation.yield([byte]) }
            continuation.finish()
        }
    }

    /// Two gateways before the same address.
    private static func gateways(
        before address: SocketAddress,
        _ body: @Sendable ([SocketAddress]) async throws -> Void
    ) async throws {
        try await SecurityStage.run(document, before: [address], settings: settings) { first in
            try await SecurityStage.run(document, before: [address], settings: settings) { second in
                try await body([first.address, second.address])
            }
        }
    }

    @Test("each gateway before the service")
    func alone() async throws {
        let service = try await Upstream.start(Self.service)
        try await Self.gateways(before: service.address) { gateways in
            for gateway in gateways { try await Self.attack(gateway, service) }
        }
        await service.stop()
    }

    @Test("nginx before both gateways before the service", .enabled(if: Program.isWanted("nginx")))
    func behind() async throws {
        let service = try await Upstream.start(Self.service)
        try await Self.gateways(before: service.address) { gateways in
            try await Self.nginx(before: gateways) { try await Self.attack($0, service) }
        }
        await service.stop()
    }

    @Test("each gateway before one nginx before the service", .enabled(if: Program.isWanted("nginx")))
    func before() async throws {
        let service = try await Upstream.start(Self.service)
        try await Self.nginx(before: [service.address]) { nginx in
            try await Self.gateways(before: nginx) { gateways in
                for gateway in gateways { try await Self.attack(gateway, service) }
            }
        }
        await service.stop()
    }

    @Test("a gateway before the other gateway before the service")
    func chained() async throws {
        let service = try await Upstream.start(Self.service)
        try await SecurityStage.run(Self.document, before: [service.address], settings: Self.settings) {
            inner in
            try await SecurityStage.run(Self.document, before: [inner.address], settings: Self.settings) {
                outer in
                try await Self.attack(outer.address, service)
            }
        }
        await service.stop()
    }

    /// Sends each attack with a canary right behind it, and then asks on other connections.
    private static func attack(_ address: SocketAddress, _ service: Upstream) async throws {
        service.forget()
        for (number, attack) in SmugglingAttack.all.enumerated() {
            let canary = "/canary?\(number)"
            let client = try await RawClient.connect(to: address)
            try await client.send(
                attack.bytes + "GET \(canary) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            let answers = try await client.answers { attack.isHead && $0 == 0 }
            client.close()
            let taken = answers.filter { $0.status == 200 }.map(\.text)
            let own = taken.filter { $0 != canary }
            #expect(own.count <= 1 && own.allSatisfy(attack.targets.contains), "\(attack.name): \(taken)")
            #expect(taken.dropLast().allSatisfy { $0 != canary }, "\(attack.name): \(taken)")
            // Either the canary is answered, or the connection has ended because of the attack.
            #expect(taken.last == canary || answers.last?.status ?? 400 >= 400, "\(attack.name): \(taken)")
            for victim in 0..<2 {
                let target = "/victim?\(number).\(victim)"
                let other = try await RawClient.connect(to: address)
                let answer = try await other.exchange("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
                other.close()
                #expect(answer.status == 200 && answer.text == target, "behind \(attack.name): \(answer)")
            }
        }
        let asked = service.requests.map(\.target)
        #expect(asked.allSatisfy { !$0.hasPrefix("/smuggled") })
        #expect(
            Set(asked.filter { $0.hasPrefix("/canary") }).count == asked.count { $0.hasPrefix("/canary") }
        )
        // The attacks that are none were passed on.
        #expect(asked.count { $0.hasPrefix("/victim") } == 2 * SmugglingAttack.all.count)
        #expect(asked.count { $0.hasPrefix("/canary") } >= 10)
    }
}
