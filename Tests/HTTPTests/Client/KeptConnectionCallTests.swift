import Reactor
import TestSupport
import Testing

@testable import HTTP

/// Calls from the client's own loop on a connection that is at hand, which enter no actor and set no cancellation
/// handler up unless the answer is late.
@Suite("calls on a kept connection", .timeLimit(.minutes(1))) struct KeptConnectionCallTests {
    /// Answers one request, then does as the script says; a second connection answers all.
    private static func server(
        _ second: @escaping @Sendable (BlockingSocket) throws -> Void
    ) throws -> ScriptedServer {
        try ScriptedServer { peer, number in
            try peer.answer("\(number)")
            if number == 1 { return try second(peer) }
            while true { try peer.answer("\(number)") }
        }
    }

    /// Makes one call, so that its connection is kept, and then begins another.
    private static func call(
        _ client: HTTPClient,
        _ server: ScriptedServer,
        _ request: HTTPRequest = HTTPRequest(.get, "/"),
        timeouts: HTTPTimeouts? = nil
    ) throws -> Task<String, any Error> {
        Task(executorPreference: try ClientFixture.loop.loops[0]) {
            #expect(try await client.fetch(from: server).1 == "1")
            return try await client.fetch(request, from: server, timeouts: timeouts).1
        }
    }

    @Test("one that is cancelled while it waits closes its connection")
    func cancelled() async throws {
        let (asked, ended) = (Latch(), Latch())
        let server = try Self.server { peer in
            try peer.readHead()
            asked.open()
            _ = peer.readToEnd()
            ended.open()
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let call = try Self.call(client, server)
        await asked.wait()
        call.cancel()
        await #expect(throws: HTTPClientError.cancelled) { try await call.value }
        await ended.wait()
        #expect(server.connectionCount == 1)
        #expect(await client.counters.connectionsOpen == 0)
    }

    static let answer = "HTTP/1.1 103 H\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

    @Test("an answer may come in pieces", arguments: [1, 17, 27, 30, 45, 60, answer.utf8.count - 2])
    func pieces(cut: Int) async throws {
        let (hasFirst, goesOn) = (Latch(), Latch())
        let server = try Self.server { peer in
            try peer.readHead()
            try peer.send(String(Self.answer.prefix(cut)))
            hasFirst.open()
            goesOn.waitBlocking()
            try peer.send(String(Self.answer.dropFirst(cut)))
            try peer.answer("again")
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let call = try Self.call(client, server)
        await hasFirst.wait()
        // Each of these takes a turn of the loop, which sees the first piece in one of them.
        for _ in 0..<3 { _ = await client.counters }
        goesOn.open()
        #expect(try await call.value == "hello")
        #expect(try await client.fetch(from: server).1 == "again")
        #expect(server.connectionCount == 1)
        await client.close()
    }

    @Test(
        "one whose connection ends without a byte is sent again when it may be",
        arguments: [HTTPMethod.get, .post]
    )
    func stale(_ method: HTTPMethod) async throws {
        let server = try Self.server { peer in try peer.readHead() }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let call = try Self.call(client, server, HTTPRequest(method, "/"))
        if method == .get {
            #expect(try await call.value == "2")
        } else {
            await #expect(throws: HTTPClientError.disconnected) { try await call.value }
        }
        #expect(await client.counters.staleRetries == (method == .get ? 1 : 0))
        #expect(await client.counters.requests == (method == .get ? 3 : 2))
        await client.close()
    }

    @Test("time runs out, soon or late", arguments: [1, 60])
    func timeout(milliseconds: Int) async throws {
        let server = try Self.server { peer in _ = peer.readToEnd() }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let timeouts = HTTPTimeouts.with { $0.attempt = .milliseconds(milliseconds) }
        let call = try Self.call(client, server, timeouts: timeouts)
        await #expect(throws: HTTPClientError.timedOut(.head)) { try await call.value }
        #expect(await client.counters.connectionsOpen == 0)
    }

    @Test("an answer that breaks the protocol is refused")
    func invalid() async throws {
        let server = try Self.server { peer in
            try peer.readHead()
            try peer.send("HTTP/1.1 2x0 OK\r\n\r\n")
            _ = peer.readToEnd()
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let call = try Self.call(client, server)
        await #expect(throws: HTTPClientError.invalidAnswer(HTTPProtocolError(.statusInvalid, at: 10))) {
            try await call.value
        }
        #expect(await client.counters.connectionsOpen == 0)
    }
}
