import HTTPWire
import Reactor
import Testing

@testable import BareProxy
@testable import HTTP

/// A lying server behind the proxy: the proxy's client hears of it by status, or by a cut, never by a clean end.
@Suite("an upstream that lies", .timeLimit(.minutes(1))) struct LyingUpstreamTests {
    /// What a client of the proxy sees of `lie`.
    private func outcome(of lie: Lie) async throws -> (text: String, ending: BlockingSocket.Failure) {
        let server = try ScriptedServer { peer, _ in
            try peer.readHead()
            try peer.send(lie.bytes)
            switch lie.ending {
            case .close: return
            case .reset: return peer.reset()
            case .silence: #expect(peer.readToEnd().text.isEmpty, "the connection is not used again")
            }
        }
        defer { server.stop() }
        let client = try ClientFixture.client { $0.timeouts = lie.timeouts }
        let proxy = try await HTTPServer.start(at: .loopback(port: 0), on: ClientFixture.loop) { request in
            try await BareProxy.forward(request, by: client, to: HTTPDestination(server.address))
        }
        let result = try await onThread {
            let socket = try BlockingSocket.connect(to: proxy.address)
            try socket.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return socket.readToEnd()
        }
        _ = await proxy.drain()
        await client.close()
        return result
    }

    @Test("in its head: 502 or 504", arguments: Lie.inHeads)
    func head(_ lie: Lie) async throws {
        let (text, ending) = try await outcome(of: lie)
        if case .timedOut = lie.outcome {
            #expect(
                text.hasPrefix("HTTP/1.1 504 ") && text.contains("\"reason\":\"upstream_timeout\""),
                "\(text)"
            )
        } else {
            #expect(
                text.hasPrefix("HTTP/1.1 502 ") && text.contains("\"reason\":\"upstream_invalid\""),
                "\(text)"
            )
        }
        #expect(ending == .ended)
    }

    @Test("in its content: the client's connection is reset", arguments: Lie.inContents)
    func content(_ lie: Lie) async throws {
        let (text, ending) = try await outcome(of: lie)
        #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(!text.hasSuffix("0\r\n\r\n"))
        #expect(ending == .reset)
    }
}
