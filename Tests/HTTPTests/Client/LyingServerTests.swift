import HTTPWire
import Reactor
import Synchronization
import TestSupport
import Testing

@testable import HTTP

/// What a server may not do (RFC 9112), one row each: the caller gets an error that says so, and the connection is
/// never used again.
@Suite("a server that lies", .timeLimit(.minutes(1))) struct LyingServerTests {
    private func expect(_ lie: Lie, inPieces: Bool) async throws {
        let seenAgain = Mutex<[UInt8]>([])
        let server = try ScriptedServer { peer, number in
            guard number == 1 else { return try peer.answer() }
            try peer.readHead()
            for piece in inPieces ? lie.bytes.utf8.map({ [$0] }) : [Array(lie.bytes.utf8)] {
                try peer.send(piece)
            }
            switch lie.ending {
            case .close: return
            case .reset: return peer.reset()
            case .silence:
                let bytes = try peer.read()
                seenAgain.withLock { $0 = bytes }
            }
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let request = HTTPRequest(.get, "/")
        let error = try await #require(throws: HTTPClientError.self) {
            _ = try await client.fetch(request, from: server, timeouts: lie.timeouts)
        }
        #expect(lie.isTold(by: error), "\(error)")
        #expect(await client.counters.connectionsOpen == 0)

        let (_, text) = try await client.fetch(from: server)
        #expect(text == "ok")
        #expect(server.connectionCount == 2)
        #expect(seenAgain.withLock { $0 }.isEmpty)
        await client.close()
    }

    @Test("in its head: the call fails", arguments: Lie.inHeads)
    func head(_ lie: Lie) async throws { try await expect(lie, inPieces: false) }

    @Test("in its content: reading it fails, never ends cleanly", arguments: Lie.inContents)
    func content(_ lie: Lie) async throws { try await expect(lie, inPieces: false) }

    @Test(
        "byte by byte: the same",
        arguments: (Lie.inHeads + Lie.inContents).filter { !$0.needsOnePiece && $0.bytes.utf8.count < 200 }
    )
    func pieces(_ lie: Lie) async throws { try await expect(lie, inPieces: true) }

    @Test("eight interim answers are skipped")
    func interim() async throws {
        let server = try ScriptedServer { peer, _ in
            try peer.readHead()
            for _ in 0..<8 { try peer.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") }
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            try peer.answer("again")
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let (response, text) = try await client.fetch(from: server)
        #expect(response.head.status == .ok)
        #expect(response.head.fields.count == 1)
        #expect(text == "ok")
        #expect(try await client.fetch(from: server).1 == "again")
        await client.close()
    }

    @Test("an answer to nothing on a kept connection ends it; the next call is not answered by it")
    func unasked() async throws {
        let mayLie = Latch()
        let server = try ScriptedServer { peer, number in
            try peer.answer("\(number)")
            guard number == 1 else { return }
            mayLie.waitBlocking()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlies")
            #expect(peer.readToEnd().text.isEmpty)
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        #expect(try await client.fetch(from: server).1 == "1")
        mayLie.open()
        #expect(await client.settles { $0.connectionsOpen == 0 })
        #expect(try await client.fetch(from: server).1 == "2")
        await client.close()
    }

    @Test("bytes behind a content that came late end the connection")
    func lateSurplus() async throws {
        let hasHead = Latch()
        let server = try ScriptedServer { peer, number in
            guard number == 1 else { return try peer.answer("2") }
            try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
            hasHead.waitBlocking()
            try peer.send("helloHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlies")
            #expect(peer.readToEnd().text.isEmpty)
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let response = try await client.send(HTTPRequest(.get, "/"), to: HTTPDestination(server.address))
        hasHead.open()
        await #expect(throws: HTTPClientError.self) { try await response.body.collect(upTo: 100) }
        #expect(try await client.fetch(from: server).1 == "2")
        await client.close()
    }
}
