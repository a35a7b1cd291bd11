import Reactor
import TestSupport
import Testing

@testable import HTTP

@Suite("calls that leave HTTP (RFC 9110 §7.8)", .timeLimit(.minutes(1))) struct UpgradeCallTests {
    static let request = HTTPRequest(.get, "/", fields: [.upgrade: "echo, Other/2"])

    /// Runs `body` with a server of the script and a client, and waits until nothing is open any more.
    static func run(
        _ change: (inout HTTPClientSettings) -> Void = { _ in },
        script: @escaping ScriptedServer.Script,
        _ body: (HTTPClient, HTTPDestination) async throws -> Void
    ) async throws {
        let server = try ScriptedServer(script: script)
        defer { server.stop() }
        let client = try ClientFixture.client(change)
        try await body(client, HTTPDestination(server.address))
        await client.close()
        #expect(await client.settles { $0.connectionsOpen == 0 && $0.connectionsUpgraded == 0 })
    }

    private static func switching(_ protocols: String = "echo", behind: String = "") -> String {
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: \(protocols)\r\nX-A: 1\r\n\r\n"
            + behind
    }

    /// The connection that a server switched; an error when it answered otherwise.
    static func switched(
        _ client: HTTPClient,
        _ destination: HTTPDestination,
        _ request: HTTPRequest = Self.request
    ) async throws -> UpgradedConnection {
        let answer = try await client.upgrade(request, to: destination)
        guard case .switched(_, let connection) = answer else { throw NotSwitched() }
        return connection
    }

    struct NotSwitched: Error {}

    @Test("bytes go both ways, those right behind the head first; the client's end is told, and the server's")
    func bothWays() async throws {
        let asked = Events<String>()
        try await Self.run { peer, _ in
            asked.note(try peer.readHead())
            try peer.send("HTTP/1.1 103 Early Hints\r\n\r\n" + Self.switching(behind: "first"))
            try peer.send(try peer.read(count: 5))
            #expect(peer.readToEnd().ending == .ended)
            try peer.send("last")
        } _: { client, destination in
            let answer = try await client.upgrade(Self.request, to: destination)
            guard case .switched(let head, let connection) = answer else { throw NotSwitched() }
            #expect(head.status == .switchingProtocols)
            #expect(head.fields["x-a"] == "1")
            let text = try #require(await asked.next())
            #expect(text.contains("Upgrade: echo, Other/2\r\n") || text.contains("upgrade: echo, Other/2\r\n"))
            #expect(text.contains("Connection: upgrade\r\n"))
            #expect(try await connection.text(5) == "first")
            try await connection.write(Array("hello".utf8))
            #expect(try await connection.text(5) == "hello")
            await connection.finishWriting()
            #expect(try await connection.text(4) == "last")
            let end = try await connection.read()
            #expect(end == nil)
        }
    }

    static let accepted = ["echo", "ECHO", "other/2", "echo, Other/2", "echo\r\nUpgrade: other/2"]

    @Test("one of the protocols that were asked for is taken, or several, in any case", arguments: accepted)
    func accepts(_ protocols: String) async throws {
        try await Self.run { peer, _ in
            try peer.readHead()
            try peer.send(Self.switching(protocols))
        } _: { client, destination in
            _ = try await Self.switched(client, destination)
        }
    }

    static let refused = [
        switching("h2c"), switching("echo, h2c"), switching("ech"), switching(""), switching(","),
        "HTTP/1.1 101 X\r\nConnection: upgrade\r\n\r\n", "HTTP/1.1 101 X\r\nUpgrade: echo\r\n\r\n",
        "HTTP/1.1 101 X\r\nConnection: close\r\nUpgrade: echo\r\n\r\n",
        "HTTP/1.0 101 X\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n",
        "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: echo\r\nContent-Length: 1\r\n\r\n",
    ]

    @Test("a 101 that names another protocol, or does not switch in order, is no answer", arguments: refused)
    func refuses(_ text: String) async throws {
        try await Self.run { peer, _ in
            try peer.readHead()
            try peer.send(text)
            #expect(peer.readToEnd().text == "")
        } _: { client, destination in
            let error = await #expect(throws: HTTPClientError.self) {
                _ = try await client.upgrade(Self.request, to: destination)
            }
            guard case .invalidAnswer = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("a 101 stays an invalid answer to an ordinary call, also on a connection where an upgrade was declined")
    func unasked() async throws {
        try await Self.run { peer, _ in
            try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno")
            try peer.readHead()
            try peer.send(Self.switching())
        } _: { client, destination in
            guard case .answered(let response) = try await client.upgrade(Self.request, to: destination) else {
                throw NotSwitched()
            }
            let content = try await response.body.collect(upTo: 10)
            #expect(content == Array("no".utf8))
            await #expect(throws: HTTPClientError.invalidAnswer(HTTPProtocolError(.statusInvalid, at: 0))) {
                _ = try await client.send(Self.request, to: destination)
            }
        }
    }

    static let answers = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", HTTPStatus.ok),
        ("HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", .forbidden),
        ("HTTP/1.1 426 Upgrade Required\r\nUpgrade: other\r\nContent-Length: 5\r\n\r\nhello", 426),
    ]

    @Test("another answer is one as any, with its content, and its connection is used again", arguments: answers)
    func declined(_ text: String, _ status: HTTPStatus) async throws {
        try await Self.run { peer, _ in
            while true {
                try peer.readHead()
                try peer.send(text)
            }
        } _: { client, destination in
            guard case .answered(let response) = try await client.upgrade(Self.request, to: destination) else {
                throw NotSwitched()
            }
            #expect(response.head.status == status)
            let content = try await response.body.collect(upTo: 10)
            #expect(content == Array("hello".utf8))
            let again = try await client.send(HTTPRequest(.get, "/"), to: destination)
            _ = try await again.body.collect(upTo: 10)
            #expect(await client.counters.connectionsOpened == 1)
        }
    }

    @Test("a request with content is not sent")
    func content() async throws {
        let client = try ClientFixture.client()
        let request = HTTPRequest(.post, "/", fields: [.upgrade: "echo"], body: HTTPBody("x"))
        await #expect(throws: HTTPClientError.contentFailed("can't go with an upgrade")) {
            _ = try await client.upgrade(request, to: HTTPDestination(.loopback(port: 1)))
        }
    }

    @Test("a switched connection leaves its place in the pool, even a full one whose connection is unused")
    func place() async throws {
        try await Self.run {
            $0.connectionsPerLoop = 1
        } script: { peer, _ in
            while true {
                let head = try peer.readHead()
                guard !head.contains("pgrade: ") else { break }
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
            try peer.send(Self.switching())
            _ = peer.readToEnd()
        } _: { client, destination in
            _ = try await client.send(HTTPRequest(.get, "/"), to: destination)
            let first = try await Self.switched(client, destination)
            let second = try await Self.switched(client, destination)
            _ = try await client.send(HTTPRequest(.get, "/"), to: destination)
            let counters = await client.counters
            #expect(counters.connectionsUpgraded == 2)
            #expect(counters.connectionsOpen == 1)
            #expect(counters.connectionsOpened == 4)
            await first.finishWriting()
            await second.finishWriting()
        }
    }

    @Test("letting go of the connection closes it; so does closing it, with a reset when asked", arguments: [nil, false, true])
    func closes(_ reset: Bool?) async throws {
        let endings = Events<BlockingSocket.Failure>()
        try await Self.run { peer, _ in
            try peer.readHead()
            try peer.send(Self.switching())
            endings.note(peer.readToEnd().ending)
        } _: { client, destination in
            var connection: UpgradedConnection? = try await Self.switched(client, destination)
            if let reset {
                connection?.close(reset: reset)
                #expect(await endings.next() == (reset ? .reset : .ended))
                await #expect(throws: HTTPConnectionError.peerLeft) { _ = try await connection?.read() }
            }
            connection = nil
            if reset == nil { #expect(await endings.next() == .ended) }
        }
    }

    @Test("a server's reset ends the reading with an error, and so does the task's cancellation")
    func failures() async throws {
        let mayReset = Latch()
        try await Self.run { peer, number in
            try peer.readHead()
            try peer.send(Self.switching())
            if number == 1 {
                mayReset.waitBlocking()
                peer.reset()
            } else {
                _ = peer.readToEnd()
            }
        } _: { client, destination in
            let first = try await Self.switched(client, destination)
            mayReset.open()
            await #expect(throws: HTTPConnectionError.peerLeft) { _ = try await first.read() }
            let second = try await Self.switched(client, destination)
            let reading = Task { try await second.read() }
            reading.cancel()
            let result = await reading.result
            #expect(throws: HTTPConnectionError.peerLeft) { try result.get() }
        }
    }

    @Test("a read that is woken returns an empty piece, once")
    func woken() async throws {
        let maySend = Latch()
        try await Self.run { peer, _ in
            try peer.readHead()
            try peer.send(Self.switching())
            maySend.waitBlocking()
            try peer.send("x")
        } _: { client, destination in
            let connection = try await Self.switched(client, destination)
            connection.wakeReader()
            let nothing = try await connection.read()
            #expect(nothing == [])
            maySend.open()
            #expect(try await connection.text(1) == "x")
        }
    }

    @Test("one that takes nothing for as long as the writer is patient is given up")
    func patience() async throws {
        let done = Latch()
        try await Self.run { peer, _ in
            try peer.readHead()
            try peer.send(Self.switching())
            done.waitBlocking()
        } _: { client, destination in
            defer { done.open() }
            let connection = try await Self.switched(client, destination)
            let piece = [UInt8](repeating: 1, count: 1 << 20)
            await #expect(throws: HTTPConnectionError.peerLeft) {
                while true { try await connection.write(piece, patience: .milliseconds(50)) }
            }
        }
    }
}

extension UpgradedConnection {
    /// Reads so many bytes, and no more.
    func bytes(_ count: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count, let piece = try await read() { bytes += piece }
        return bytes
    }

    /// Reads a text of so many bytes.
    func text(_ count: Int) async throws -> String { String(decoding: try await bytes(count), as: UTF8.self) }
}
