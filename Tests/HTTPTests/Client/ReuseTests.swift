import Reactor
import Synchronization
import TestSupport
import Testing

@testable import HTTP

@Suite("keeping connections", .timeLimit(.minutes(1))) struct ReuseTests {
    /// Answers one request after the other.
    private static let answering: ScriptedServer.Script = { peer, number in
        while true { try peer.answer("\(number)") }
    }

    @Test("calls one after another share a connection")
    func sequential() async throws {
        let server = try ScriptedServer(script: Self.answering)
        defer { server.stop() }
        let client = try ClientFixture.client()
        for _ in 0..<50 { #expect(try await client.fetch(from: server).1 == "1") }
        #expect(server.connectionCount == 1)
        let counters = await client.counters
        #expect(counters.requests == 50)
        #expect((counters.connectionsOpened, counters.connectionsOpen, counters.connectionsIdle) == (1, 1, 1))
        await client.close()
        #expect(await client.counters.connectionsOpen == 0)
    }

    /// Answers in two pieces, the second only once the client has the head.
    static let late: [(String, String, String)] = [
        ("a length", "Content-Length: 5", "hello"),
        ("chunks", "Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"),
    ]

    @Test("a content that came behind its head keeps its connection", arguments: late)
    func streamed(_ name: String, _ framing: String, _ content: String) async throws {
        let hasHead = Latch()
        let server = try ScriptedServer { peer, number in
            try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\n\(framing)\r\n\r\n")
            hasHead.waitBlocking()
            try peer.send(content)
            try peer.answer("\(number)")
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let response = try await client.send(HTTPRequest(.get, "/"), to: HTTPDestination(server.address))
        hasHead.open()
        #expect(try await response.body.collect(upTo: 100) == Array("hello".utf8))
        #expect(try await client.fetch(from: server).1 == "1")
        await client.close()
    }

    static let ending = [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ]

    @Test("an answer that says it is the last is believed", arguments: ending)
    func told(_ answer: String) async throws {
        let server = try ScriptedServer { peer, _ in
            try peer.readHead()
            try peer.send(answer)
            #expect(peer.readToEnd().text.isEmpty)
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        for _ in 0..<3 { #expect(try await client.fetch(from: server).1 == "ok") }
        #expect(server.connectionCount == 3)
        #expect(await client.counters.connectionsOpen == 0)
    }

    @Test("HTTP/1.0 with keep-alive is kept")
    func old() async throws {
        let server = try ScriptedServer { peer, number in
            while true {
                try peer.readHead()
                try peer.send(
                    "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\n\(number)"
                )
            }
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        for _ in 0..<3 { #expect(try await client.fetch(from: server).1 == "1") }
        await client.close()
    }

    @Test("a connection that the server closes while it is unused is forgotten", arguments: [false, true])
    func closedWhileIdle(byReset: Bool) async throws {
        let mayClose = Latch()
        let server = try ScriptedServer { peer, number in
            try peer.answer("\(number)")
            mayClose.waitBlocking()
            if byReset { peer.reset() }
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        #expect(try await client.fetch(from: server).1 == "1")
        mayClose.open()
        #expect(await client.settles { $0.connectionsOpen == 0 })
        let post = HTTPRequest(.post, "/", body: HTTPBody("once"))
        #expect(try await client.fetch(post, from: server).1 == "2")
        #expect(await client.counters.staleRetries == 0)
        await client.close()
    }

    /// Answers the first request and reads the second on its first connection, without an answer.
    private static func forgetful(_ requests: Events<String>) -> ScriptedServer.Script {
        { peer, number in
            try peer.answer("\(number)")
            guard number == 1 else { return }
            requests.note(String(try peer.readHead().prefix { $0 != " " }))
        }
    }

    static let idempotent: [HTTPMethod] = [.get, .head, .options, .delete, .trace, .put]

    @Test("a request that is lost on a kept connection is sent once more if it may be", arguments: idempotent)
    func retried(_ method: HTTPMethod) async throws {
        let lost = Events<String>()
        let server = try ScriptedServer(script: Self.forgetful(lost))
        defer { server.stop() }
        let client = try ClientFixture.client()
        _ = try await client.fetch(from: server)
        if method == .head {
            // The scripted answer has content, which none to HEAD may have.
            await #expect(throws: HTTPClientError.self) {
                try await client.fetch(HTTPRequest(method, "/"), from: server)
            }
        } else {
            #expect(try await client.fetch(HTTPRequest(method, "/"), from: server).1 == "2")
        }
        #expect(lost.all == [method.name])
        #expect(server.connectionCount == 2)
        #expect(await client.counters.staleRetries == 1)
        await client.close()
    }

    @Test("it is not if it may not be", arguments: [HTTPMethod.post, .patch])
    func notRetried(_ method: HTTPMethod) async throws {
        let lost = Events<String>()
        let server = try ScriptedServer(script: Self.forgetful(lost))
        defer { server.stop() }
        let client = try ClientFixture.client()
        _ = try await client.fetch(from: server)
        await #expect(throws: HTTPClientError.disconnected) {
            try await client.fetch(HTTPRequest(method, "/"), from: server)
        }
        #expect(lost.all == [method.name])
        #expect(server.connectionCount == 1)
        #expect(await client.counters.staleRetries == 0)
        await client.close()
    }

    @Test("nor when its content was a stream, or part of the answer had come", arguments: [false, true])
    func notRepeatable(answers: Bool) async throws {
        let server = try ScriptedServer { peer, number in
            try peer.answer("\(number)")
            try peer.readHead()
            if answers { try peer.send("HTTP/1.1 200") }
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        _ = try await client.fetch(from: server)
        let stream = HTTPBody(AsyncStream { nil as [UInt8]? }, length: nil)
        let request = answers ? HTTPRequest(.get, "/") : HTTPRequest(.put, "/", body: stream)
        let error = answers ? HTTPClientError.answerCut : .disconnected
        await #expect(throws: error) { try await client.fetch(request, from: server) }
        #expect(server.connectionCount == 1)
        await client.close()
    }

    @Test("it is sent once more, not twice; on a fresh connection not again")
    func onlyOnce() async throws {
        let server = try ScriptedServer { peer, number in
            if number == 1 { try peer.answer() }
            try peer.readHead()
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        _ = try await client.fetch(from: server)
        await #expect(throws: HTTPClientError.disconnected) { try await client.fetch(from: server) }
        #expect(server.connectionCount == 2)
        #expect(await client.counters.requests == 3)
        await client.close()
    }

    @Test("the second attempt takes a new connection, not another kept one that may be as lost")
    func retriedOnNew() async throws {
        let hasOther = Latch()
        let server = try ScriptedServer { peer, number in
            if number == 1 { hasOther.waitBlocking() } else { hasOther.open() }
            try peer.answer("\(number)")
            if number < 3 { try peer.readHead() }
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        async let one = client.fetch(from: server)
        async let other = client.fetch(from: server)
        #expect(try await Set([one.1, other.1]) == ["1", "2"])
        #expect(try await client.fetch(from: server).1 == "3")
        #expect(await client.counters.staleRetries == 1)
        await client.close()
    }

    @Test("unused connections end after their time")
    func reaped() async throws {
        let ended = Latch()
        let server = try ScriptedServer { peer, _ in
            try peer.answer()
            #expect(peer.readToEnd().ending == .ended)
            ended.open()
        }
        defer { server.stop() }
        let client = try ClientFixture.client { $0.idleTimeout = .milliseconds(50) }
        _ = try await client.fetch(from: server)
        await ended.wait()
        #expect(await client.counters.connectionsOpen == 0)
        #expect(await client.counters.connectionsIdle == 0)
    }

    @Test("a closed client keeps no connection, to old places or new", arguments: [false, true])
    func closed(wasUsed: Bool) async throws {
        let server = try ScriptedServer(script: Self.answering)
        defer { server.stop() }
        let client = try ClientFixture.client()
        if wasUsed { _ = try await client.fetch(from: server) }
        await client.close()
        _ = try await client.fetch(from: server)
        #expect(await client.counters.connectionsOpen == 0)
    }
}
