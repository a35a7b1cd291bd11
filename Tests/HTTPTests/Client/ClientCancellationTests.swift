import Reactor
import TestSupport
import Testing

@testable import HTTP

@Suite("cancelling calls", .timeLimit(.minutes(1))) struct ClientCancellationTests {
    /// Sends `answer` to a request, then tells that it has and, later, that the client has gone.
    private static func silent(after answer: String, _ sent: Latch, _ ended: Latch) throws -> ScriptedServer {
        try ScriptedServer { peer, _ in
            try peer.readHead()
            try peer.send(answer)
            sent.open()
            _ = peer.readToEnd()
            ended.open()
        }
    }

    @Test("while it waits for the head: the connection closes at once", arguments: [false, true])
    func head(fromLoop: Bool) async throws {
        let (sent, ended) = (Latch(), Latch())
        let server = try Self.silent(after: "HTTP/1.1 103 H\r\n\r\n", sent, ended)
        defer { server.stop() }
        let client = try ClientFixture.client()
        let loop = fromLoop ? try ClientFixture.loop.loops[0] : nil
        let call = Task(executorPreference: loop) { try await client.fetch(from: server) }
        await sent.wait()
        call.cancel()
        await #expect(throws: HTTPClientError.cancelled) { try await call.value }
        await ended.wait()
        #expect(await client.counters.connectionsOpen == 0)
    }

    static let heads = [
        "Content-Length: 5\r\n\r\nhell", "Transfer-Encoding: chunked\r\n\r\n4\r\nhell", "\r\nhell",
    ]

    @Test("while it waits for content: the connection closes at once", arguments: heads)
    func content(_ head: String) async throws {
        let (sent, ended, reading) = (Latch(), Latch(), Latch())
        let server = try Self.silent(after: "HTTP/1.1 200 OK\r\n" + head, sent, ended)
        defer { server.stop() }
        let client = try ClientFixture.client()
        let call = Task {
            let response = try await client.send(HTTPRequest(.get, "/"), to: HTTPDestination(server.address))
            for try await _ in response.body { reading.open() }
        }
        await reading.wait()
        call.cancel()
        await #expect(throws: HTTPClientError.cancelled) { try await call.value }
        await ended.wait()
        #expect(await client.counters.connectionsOpen == 0)
    }

    @Test("before it begins: nothing is sent")
    func before() async throws {
        let server = try ScriptedServer { peer, _ in #expect(peer.readToEnd().text.isEmpty) }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let gate = Latch()
        let call = Task {
            await gate.wait()
            return try await client.fetch(from: server)
        }
        call.cancel()
        await #expect(throws: HTTPClientError.cancelled) { try await call.value }
        #expect(await client.counters.connectionsOpen == 0)
    }

    @Test("an answer that is dropped closes its connection")
    func dropped() async throws {
        let (sent, ended) = (Latch(), Latch())
        let server = try Self.silent(after: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", sent, ended)
        defer { server.stop() }
        let client = try ClientFixture.client()
        _ = try await client.send(HTTPRequest(.get, "/"), to: HTTPDestination(server.address))
        await ended.wait()
        #expect(await client.settles { $0.connectionsOpen == 0 })
    }

    @Test("an answer that is read in part and dropped, too")
    func droppedMidway() async throws {
        let (sent, ended) = (Latch(), Latch())
        let server = try Self.silent(after: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", sent, ended)
        defer { server.stop() }
        let client = try ClientFixture.client()
        try await {
            let response = try await client.send(HTTPRequest(.get, "/"), to: HTTPDestination(server.address))
            var pieces = response.body.makeAsyncIterator()
            #expect(try await pieces.next() == Array("hell".utf8))
        }()
        await ended.wait()
        #expect(await client.settles { $0.connectionsOpen == 0 })
    }
}
