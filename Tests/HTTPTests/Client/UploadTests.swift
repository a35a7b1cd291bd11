import Foundation
import Reactor
import Synchronization
import TestSupport
import Testing

@testable import HTTP

@Suite("uploads", .timeLimit(.minutes(1))) struct UploadTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test("a known length is told and kept")
    func knownLength() async throws {
        let server = try ScriptedServer { peer, _ in
            for _ in 0..<2 {
                let head = try peer.readHead()
                #expect(head.contains("\r\nContent-Length: 30\r\n"))
                #expect(!head.contains("Transfer-Encoding"))
                let content = try peer.read(count: 30)
                #expect(content[9] == 1 && content[10] == 2 && content[29] == 3)
                try peer.send(Self.ok)
            }
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        for _ in 0..<2 {
            let body = HTTPBody(CountedPieces(size: 10, count: 3), length: 30)
            #expect(try await client.fetch(HTTPRequest(.post, "/", body: body), from: server).1 == "ok")
        }
        #expect(server.connectionCount == 1)
        await client.close()
    }

    @Test("an unknown length goes in chunks, with trailers")
    func chunked() async throws {
        let server = try ScriptedServer { peer, _ in
            #expect(try peer.readHead().contains("\r\nTransfer-Encoding: chunked\r\n"))
            let content = try peer.read(through: "0\r\nx-sum: 3\r\n\r\n")
            #expect(content.hasPrefix("a\r\n\u{1}\u{1}"))
            try peer.send(Self.ok)
            try peer.answer("again")
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let body = HTTPBody(CountedPieces(size: 10, count: 3), trailers: { ["x-sum": "3"] })
        #expect(try await client.fetch(HTTPRequest(.put, "/", body: body), from: server).1 == "ok")
        #expect(try await client.fetch(from: server).1 == "again")
        await client.close()
    }

    @Test("nothing, and methods that have content without any")
    func empty() async throws {
        let server = try ScriptedServer { peer, _ in
            for method in ["POST", "PUT", "GET"] {
                let head = try peer.readHead()
                #expect(head.hasPrefix(method))
                #expect(head.contains("Content-Length: 0") == (method != "GET"))
                try peer.send(Self.ok)
            }
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        for method in [HTTPMethod.post, .put, .get] {
            _ = try await client.fetch(HTTPRequest(method, "/"), from: server)
        }
        await client.close()
    }

    @Test("a source is asked for no more than the server takes")
    func backPressure() async throws {
        let mayRead = Latch()
        let pieces = CountedPieces(size: 1 << 20, count: 64)
        let server = try ScriptedServer(receiveBuffer: 1 << 16) { peer, _ in
            try peer.readHead()
            mayRead.waitBlocking()
            try peer.read(count: 64 << 20)
            try peer.send(Self.ok)
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let body = HTTPBody(pieces, length: 64 << 20)
        async let call = client.fetch(HTTPRequest(.post, "/", body: body), from: server)
        #expect(await pieces.asked.next() == 1)
        // What the kernel's buffers hold for both sides is a few MiB; then the asking stops. Calls through the loop
        // give it all the turns that it would need to go on.
        for _ in 0..<1_000 { _ = await client.counters }
        #expect(pieces.asked.all.count < 32)
        mayRead.open()
        let (response, _) = try await call
        #expect(response.head.status == .ok)
        #expect(pieces.asked.all.count == 64)
        await client.close()
    }

    @Test("a source that fails cuts the request, and nothing is left of it", arguments: [nil, 100])
    func sourceFails(length: Int?) async throws {
        let server = try ScriptedServer { peer, _ in
            try peer.readHead()
            let (text, ending) = peer.readToEnd()
            #expect(!text.hasSuffix("0\r\n\r\n"))
            #expect(ending == .reset)
        }
        defer { server.stop() }
        let client = try ClientFixture.client { $0.connectionsPerLoop = 2 }
        for _ in 0..<4 {
            let body = HTTPBody(CountedPieces(size: 10, count: 3, breaks: true), length: length)
            let error = await #expect(throws: HTTPClientError.self) {
                try await client.fetch(HTTPRequest(.post, "/", body: body), from: server)
            }
            #expect(error == .contentFailed("failed: Broken()"))
        }
        #expect(await client.counters.connectionsOpen == 0)
        #expect(await client.counters.waiting == 0)
    }

    static let wrongLengths = [(29, "is longer than its 29 bytes"), (31, "ended after 30 of 31 bytes")]

    @Test("a source that gives another length than it told cuts the request", arguments: wrongLengths)
    func wrongLength(_ length: Int, _ reason: String) async throws {
        let server = try ScriptedServer { peer, _ in #expect(peer.readToEnd().ending == .reset) }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let body = HTTPBody(CountedPieces(size: 10, count: 3), length: length)
        await #expect(throws: HTTPClientError.contentFailed(reason)) {
            try await client.fetch(HTTPRequest(.post, "/", body: body), from: server)
        }
        #expect(await client.counters.connectionsOpen == 0)
    }

    @Test("an answer before the end of the upload counts, and the connection is not used again")
    func earlyAnswer() async throws {
        let server = try ScriptedServer { peer, number in
            try peer.readHead()
            guard number == 1 else { return try peer.send(Self.ok) }
            try peer.send(
                "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno"
            )
            peer.finishWriting()
            _ = peer.readToEnd()
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        // Longer than any buffer, from a source that never fails.
        let pieces = CountedPieces(size: 1 << 16, count: 1 << 20)
        let (response, text) = try await client.fetch(
            HTTPRequest(.post, "/", body: HTTPBody(pieces)),
            from: server
        )
        #expect(response.head.status == .contentTooLarge)
        #expect(text == "no")
        #expect(await client.settles { $0.connectionsOpen == 0 })
        #expect(try await client.fetch(from: server).1 == "ok")
        await client.close()
    }

    @Test("a server that takes nothing ends the upload after the idle time of the call")
    func stalled() async throws {
        let ended = Latch()
        let server = try ScriptedServer { peer, _ in
            try peer.readHead()
            ended.waitBlocking()
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let body = HTTPBody(CountedPieces(size: 1 << 20, count: 1 << 20))
        let began = ContinuousClock.now
        await #expect(throws: HTTPClientError.timedOut(.content)) {
            try await client.fetch(
                HTTPRequest(.post, "/", body: body),
                from: server,
                timeouts: .with { $0.idle = .milliseconds(100) }
            )
        }
        ended.open()
        #expect(ContinuousClock.now - began < .seconds(15), "the client's own idle time is longer")
        #expect(await client.counters.connectionsOpen == 0)
    }

    @Test("a slow upload goes on beside an answer that has begun: what is taken is a sign of life")
    func besideAnswer() async throws {
        let server = try ScriptedServer { peer, _ in
            try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok")
            try peer.read(count: 60)
            try peer.send("ok")
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let pause = (try ClientFixture.loop.loops[0], Duration.milliseconds(100))
        let pieces = CountedPieces(size: 10, count: 6, pause: pause)
        let request = HTTPRequest(.post, "/", body: HTTPBody(pieces, length: 60))
        let (_, text) = try await client.fetch(
            request,
            from: server,
            timeouts: .with { $0.idle = .milliseconds(400) }
        )
        #expect(text == "okok")
        await client.close()
    }

    @Test("nor is its idle time the end of an upload that waits for room just then")
    func besideSilentAnswer() async throws {
        let (size, count) = (1 << 16, 512)
        let server = try ScriptedServer(receiveBuffer: 1 << 16) { peer, _ in
            try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok")
            var left = size * count
            // Longer than the idle time, and so much at once that the kernel has room again within it.
            for _ in 0..<24 {
                left -= try peer.read(count: 8 * size).count
                Thread.sleep(forTimeInterval: 0.05)
            }
            try peer.read(count: left)
            try peer.send("ok")
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let request = HTTPRequest(
            .post,
            "/",
            body: HTTPBody(CountedPieces(size: size, count: count), length: size * count)
        )
        let (_, text) = try await client.fetch(
            request,
            from: server,
            timeouts: .with { $0.idle = .milliseconds(500) }
        )
        #expect(text == "okok")
        await client.close()
    }

    @Test("the head goes before the content begins")
    func headFirst() async throws {
        let mayBegin = Latch()
        let server = try ScriptedServer { peer, _ in
            try peer.readHead()
            mayBegin.open()
            try peer.read(count: 5)
            try peer.send(Self.ok)
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let pieces = Pieces(count: 1, of: 5) { _ in await mayBegin.wait() }
        let request = HTTPRequest(.post, "/", body: HTTPBody(pieces, length: 5))
        #expect(try await client.fetch(request, from: server).1 == "ok")
        await client.close()
    }

    @Test("once the head is there, the end of the upload starts no attempt's time")
    func headBeforeEnd() async throws {
        let mayEnd = Latch()
        let server = try ScriptedServer { peer, _ in
            try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok")
            try peer.read(count: 30)
            mayEnd.waitBlocking()
            try peer.send("ok")
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let pieces = CountedPieces(size: 10, count: 3)
        let request = HTTPRequest(.post, "/", body: HTTPBody(pieces, length: 30))
        let timeouts = HTTPTimeouts.with { $0.attempt = .milliseconds(200) }
        let response = try await client.send(request, to: HTTPDestination(server.address), timeouts: timeouts)
        async let content = response.body.collect(upTo: 10)
        try await ClientFixture.loop.loops[0].sleep(for: .milliseconds(600))
        mayEnd.open()
        let text = try await content
        #expect(text == Array("okok".utf8))
        await client.close()
    }
}
