import Reactor
import TestSupport
import Testing

@testable import BareProxy
@testable import HTTP

@Suite("the bare proxy", .timeLimit(.minutes(1))) struct ProxyTests {
    /// Runs a proxy in front of a scripted server, and `body` on a thread with a connection to it.
    private func run(
        _ script: @escaping ScriptedServer.Script,
        _ body: @escaping @Sendable (BlockingSocket) throws -> Void
    ) async throws {
        let server = try ScriptedServer(script: script)
        defer { server.stop() }
        let client = try ClientFixture.client()
        try await TestServer.run { _ in
        } handler: { request in
            try await BareProxy.forward(request, by: client, to: HTTPDestination(server.address))
        } _: { proxy in
            let address = proxy.address
            try await onThread { try body(BlockingSocket.connect(to: address)) }
        }
        await client.close()
    }

    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Parts of answers whose rest never comes.
    static let parts = [
        "Content-Length: 9\r\n\r\npart", "Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n", "\r\npart",
    ]

    @Test(
        "a client that leaves a download, which is silent just then, frees its upstream at once",
        arguments: parts
    )
    func leavesDownload(_ part: String) async throws {
        let upstreamEnded = Latch()
        try await run { peer, _ in
            try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\n" + part)
            _ = peer.readToEnd()
            upstreamEnded.open()
        } _: { client in
            try client.send(Self.get)
            _ = try client.read(through: "part")
            client.reset()
            upstreamEnded.waitBlocking()
        }
    }

    @Test("a client that leaves before the answer frees its upstream at once")
    func leavesBeforeAnswer() async throws {
        let (arrived, upstreamEnded) = (Latch(), Latch())
        try await run { peer, _ in
            try peer.readHead()
            arrived.open()
            _ = peer.readToEnd()
            upstreamEnded.open()
        } _: { client in
            try client.send(Self.get)
            arrived.waitBlocking()
            client.reset()
            upstreamEnded.waitBlocking()
        }
    }

    static let uploads = ["Content-Length: 9\r\n\r\npart", "Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n"]

    @Test("a client that leaves its upload: the upstream can't take a part for the whole", arguments: uploads)
    func leavesUpload(_ part: String) async throws {
        let (arrived, upstreamEnded) = (Latch(), Latch())
        try await run { peer, _ in
            _ = try peer.read(through: "part")
            arrived.open()
            let (rest, ending) = peer.readToEnd()
            #expect(!rest.contains("0\r\n\r\n"))
            #expect(ending == .reset)
            upstreamEnded.open()
        } _: { client in
            try client.send("POST / HTTP/1.1\r\nHost: a\r\n" + part)
            arrived.waitBlocking()
            client.reset()
            upstreamEnded.waitBlocking()
        }
    }

    @Test("a client that ends only its writing side is answered in full")
    func halfClose() async throws {
        let finished = Latch()
        try await run { peer, _ in
            finished.waitBlocking()
            try peer.answer("late")
        } _: { client in
            try client.send(Self.get)
            client.finishWriting()
            finished.open()
            let (text, ending) = client.readToEnd()
            #expect(text.hasSuffix("\r\n\r\nlate"))
            #expect(ending == .ended)
        }
    }

    @Test("what Connection names goes, unless others rely on it")
    func hopByHop() async throws {
        try await run { peer, _ in
            let head = try peer.readHead().lowercased()
            for kept in ["host: a\r\n", "authorization: b\r\n", "traceparent: 00-1\r\n", "accept: c\r\n"] {
                #expect(head.contains("\r\n" + kept), "\(kept)")
            }
            for gone in ["x-own", "te:", "keep-alive", "connection", "proxy-connection"] {
                #expect(!head.contains(gone), "\(gone)")
            }
            try peer.send(
                "HTTP/1.1 200 OK\r\nConnection: x-hop\r\nX-Hop: 1\r\nX-End: 2\r\nContent-Length: 0\r\n\r\n"
            )
        } _: { client in
            let names = "Connection: Host, X-Own, authorization, TraceParent\r\nX-Own: 1\r\nTE: trailers\r\n"
            let fields =
                "Authorization: b\r\ntraceparent: 00-1\r\nAccept: c\r\nKeep-Alive: 5\r\nProxy-Connection: close\r\n"
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\(names)\(fields)\r\n")
            let head = try client.readHead().lowercased()
            #expect(!head.contains("x-hop") && head.contains("x-end: 2"))
        }
    }

    static let headAnswers: [(String, String)] = [
        ("Content-Length: 5\r\n", "content-length: 5"), ("Content-Length: 0\r\n", "content-length: 0"),
        ("Transfer-Encoding: chunked\r\n", "transfer-encoding: chunked"),
        ("", "transfer-encoding: chunked"),
    ]

    @Test(
        "an answer to HEAD is given no length that its server did not tell (RFC 9110 §8.6)",
        arguments: headAnswers
    )
    func head(_ framing: String, _ told: String) async throws {
        try await run { peer, _ in
            for _ in 0..<2 {
                try peer.readHead()
                try peer.send("HTTP/1.1 200 OK\r\n\(framing)\r\n")
            }
        } _: { client in
            for _ in 0..<2 {
                try client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
                let head = try client.readHead().lowercased()
                #expect(head.contains("\r\n" + told + "\r\n"))
                #expect(head.contains("content-length") == told.hasPrefix("content-length"))
            }
        }
    }

    @Test("100 requests in one write are answered in order")
    func pipelined() async throws {
        try await run { peer, _ in
            while true {
                let target = try peer.readHead().split(separator: " ")[1]
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(target.utf8.count)\r\n\r\n\(target)")
            }
        } _: { client in
            try client.send((0..<100).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for number in 0..<100 {
                #expect(try client.readHead().hasPrefix("HTTP/1.1 200 OK\r\n"))
                let target = "/\(number)"
                #expect(try client.read(count: target.utf8.count) == Array(target.utf8))
            }
        }
    }

    @Test("nobody listens behind it: 503")
    func unavailable() async throws {
        let server = try ScriptedServer { _, _ in }
        server.stop()
        let gone = server.address
        _ = try await onThread { try? BlockingSocket.connect(to: gone).readToEnd() }
        let client = try ClientFixture.client()
        try await TestServer.run { _ in
        } handler: { request in
            try await BareProxy.forward(request, by: client, to: HTTPDestination(gone))
        } _: { proxy in
            let response = try await client.send(HTTPRequest(.get, "/"), to: HTTPDestination(proxy.address))
            #expect(response.head.status == .serviceUnavailable)
            let text = String(decoding: try await response.body.collect(upTo: 1_000), as: UTF8.self)
            #expect(text.contains("\"reason\":\"upstream_unavailable\""))
        }
        await client.close()
    }
}
