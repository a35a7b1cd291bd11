import HTTP
import Reactor
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("tunnels: bytes both ways (G19)", .timeLimit(.minutes(1))) struct TunnelTests {
    /// Bytes that differ from their neighbours for a long way.
    static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) } }

    @Test("the handshake is end to end, and what comes right behind it is the tunnel's, on both sides")
    func handshake() async throws {
        let heads = Events<String>()
        try await TestGateway.run { wire in
            heads.note(try wire.readHead())
            try wire.send(
                """
                HTTP/1.1 101 Switching Protocols\r
                connection: upgrade, x-hop\r
                upgrade: WebSocket\r
                X-Hop: 1\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                Sec-WebSocket-Protocol: chat\r
                \r
                early
                """
            )
            try wire.send(try wire.read(count: 5))
            _ = wire.readToEnd()
        } _: { gateway in
            let port = gateway.port
            let (head, bytes) = try await onThread {
                let wire = try Wire.connect(to: port)
                try wire.send(TestGateway.handshake + "hello")
                let head = try wire.readHead().lowercased()
                let bytes = try wire.read(count: 10)
                wire.finish()
                return (head, bytes)
            }
            #expect(head.hasPrefix("http/1.1 101 "))
            #expect(head.contains("\r\nconnection: upgrade\r\n"))
            #expect(head.contains("\r\nupgrade: websocket\r\n"))
            #expect(head.contains("\r\nsec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n"))
            #expect(head.contains("\r\nsec-websocket-protocol: chat\r\n"))
            #expect(!head.contains("x-hop"))
            #expect(String(decoding: bytes, as: UTF8.self) == "earlyhello")
            let sent = try #require(await heads.next()).lowercased()
            #expect(sent.hasPrefix("get /chat http/1.1\r\n"))
            #expect(sent.contains("\r\nsec-websocket-key: dghlihnhbxbszsbub25jzq==\r\n"))
            #expect(sent.contains("\r\nupgrade: websocket\r\n"))
            #expect(sent.contains("\r\nconnection: upgrade\r\n"))
            let end = try #require(await gateway.ends.next())
            #expect(end == TunnelEnd(reason: .ended, byteCountUp: 5, byteCountDown: 5))
        }
    }

    @Test("an echo of more than all buffers hold comes back whole to a client that reads little by little")
    func echo() async throws {
        let content = Self.pattern(6 << 20)
        try await TestGateway.run { wire in
            try ScriptedUpstream.switching(wire)
            while true { try wire.send(try wire.read()) }
        } _: { gateway in
            let (wire, _) = try await gateway.connect(receiveBuffer: 4096)
            async let echoed = onThread {
                var bytes: [UInt8] = []
                while bytes.count < content.count { bytes += try wire.read(count: min(1000, content.count - bytes.count)) }
                return bytes
            }
            try await onThread { try wire.send(content) }
            #expect(try await echoed == content)
            wire.finish()
            let end = try #require(await gateway.ends.next())
            #expect(end.byteCountUp == content.count)
            #expect(end.byteCountDown == content.count)
        }
    }

    @Test("what a reader does not take waits with the sender, and comes whole in the end", arguments: [false, true])
    func backPressure(clientSends: Bool) async throws {
        let piece = Self.pattern(1 << 16)
        let stalled = Events<Int>()
        let mayRead = Latch()
        let received = Events<Int>()
        /// Sends all that is taken, and then the end.
        @Sendable func send(_ wire: Wire) throws {
            stalled.note(try wire.sendUntilStalled(piece))
            mayRead.open()
            wire.finish()
            _ = wire.readToEnd()
        }
        @Sendable func receive(_ wire: Wire) {
            mayRead.waitBlocking()
            received.note(wire.readToEnd().bytes.count)
            wire.finish()
        }
        try await TestGateway.run { wire in
            try ScriptedUpstream.switching(wire)
            if clientSends { receive(wire) } else { try send(wire) }
        } _: { gateway in
            let (wire, _) = try await gateway.connect(receiveBuffer: 1 << 14)
            try await onThread { if clientSends { try send(wire) } else { receive(wire) } }
            let count = try #require(await stalled.next())
            // What the kernels hold for four sockets; the tunnel itself holds a piece.
            #expect((1...(48 << 20)).contains(count))
            #expect(await received.next() == count)
            let end = try #require(await gateway.ends.next())
            #expect(end.reason == .ended)
            #expect((clientSends ? end.byteCountUp : end.byteCountDown) == count)
        }
    }

    @Test("the end of one side is told, and the other side goes on", arguments: [false, true])
    func halfClose(clientFirst: Bool) async throws {
        let got = Events<String>()
        @Sendable func first(_ wire: Wire) throws {
            try wire.send("question")
            wire.finish()
            let (bytes, ending) = wire.readToEnd()
            got.note("\(String(decoding: bytes, as: UTF8.self)) \(ending)")
        }
        @Sendable func second(_ wire: Wire) throws {
            let (bytes, ending) = wire.readToEnd()
            got.note("\(String(decoding: bytes, as: UTF8.self)) \(ending)")
            try wire.send("answer")
            wire.finish()
        }
        try await TestGateway.run { wire in
            try ScriptedUpstream.switching(wire)
            if clientFirst { try second(wire) } else { try first(wire) }
        } _: { gateway in
            let (wire, _) = try await gateway.connect()
            try await onThread { if clientFirst { try first(wire) } else { try second(wire) } }
            #expect(await got.next() == "question clean")
            #expect(await got.next() == "answer clean")
            #expect(await gateway.ends.next()?.reason == .ended)
            #expect(await gateway.server.counters.clientDisconnected == 0)
        }
    }

    @Test("a reset on one side is one on the other", arguments: [false, true])
    func reset(clientResets: Bool) async throws {
        let endings = Events<Wire.Ending>()
        let mayReset = Latch()
        try await TestGateway.run { wire in
            try ScriptedUpstream.switching(wire)
            if clientResets {
                endings.note(wire.readToEnd().ending)
            } else {
                mayReset.waitBlocking()
                wire.reset()
            }
        } _: { gateway in
            let (wire, _) = try await gateway.connect()
            mayReset.open()
            if clientResets {
                wire.reset()
            } else {
                endings.note(try await onThread { wire.readToEnd().ending })
            }
            #expect(await endings.next() == .reset)
            #expect(await gateway.ends.next()?.reason == (clientResets ? .clientLeft : .upstreamLeft))
        }
    }

    @Test("a reset is passed on while the other direction waits for room", arguments: [false, true])
    func resetUnderLoad(clientResets: Bool) async throws {
        let stalled = Latch()
        let endings = Events<Wire.Ending>()
        let piece = Self.pattern(1 << 16)
        @Sendable func pour(_ wire: Wire) throws {
            _ = try wire.sendUntilStalled(piece)
            stalled.open()
            // What was sent before a reset need not arrive.
            do { while true { try wire.send(piece) } } catch { endings.note(error) }
        }
        try await TestGateway.run { wire in
            try ScriptedUpstream.switching(wire)
            if clientResets {
                try pour(wire)
            } else {
                stalled.waitBlocking()
                wire.reset()
            }
        } _: { gateway in
            let (wire, _) = try await gateway.connect()
            if clientResets {
                await stalled.wait()
                wire.reset()
            } else {
                try await onThread { try pour(wire) }
            }
            #expect(await endings.next() == .reset)
            #expect(await gateway.ends.next()?.reason == (clientResets ? .clientLeft : .upstreamLeft))
        }
    }

    @Test("where nothing moves for the idle time both sides are ended")
    func idle() async throws {
        let endings = Events<Wire.Ending>()
        try await TestGateway.run {
            $0.idleTimeout = .milliseconds(150)
        } upstream: { wire in
            try ScriptedUpstream.switching(wire)
            endings.note(wire.readToEnd().ending)
        } _: { gateway in
            let (wire, _) = try await gateway.connect()
            endings.note(try await onThread { wire.readToEnd().ending })
            #expect(await endings.next() == .clean)
            #expect(await endings.next() == .clean)
            #expect(await gateway.ends.next()?.reason == .idle)
        }
    }

    static let answers = [
        ("HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 403"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HTTP/1.1 200"),
        ("HTTP/1.1 426 X\r\nUpgrade: x\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 426"),
        ("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", "HTTP/1.1 503"),
    ]

    @Test("another answer than the 101 that was asked for is passed on, and there is no tunnel", arguments: answers)
    func declined(_ answer: String, _ start: String) async throws {
        try await TestGateway.run { wire in
            try wire.readHead()
            try wire.send(answer)
            _ = wire.readToEnd()
        } _: { gateway in
            let (_, head) = try await gateway.connect()
            #expect(head.hasPrefix(start))
            #expect(gateway.tunnels.count == 0)
            #expect(gateway.ends.all.isEmpty)
        }
    }

    static let ignored = ["h2c", "foo", "WebSocket/13", "TLS/1.0, h2c"]

    @Test("other protocols are not asked for (H19)", arguments: ignored)
    func ignores(_ name: String) async throws {
        let heads = Events<String>()
        try await TestGateway.run { wire in
            heads.note(try wire.readHead())
            try wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            _ = wire.readToEnd()
        } _: { gateway in
            let port = gateway.port
            let head = try await onThread {
                let wire = try Wire.connect(to: port)
                try wire.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: \(name)\r\n\r\n")
                return try wire.readHead()
            }
            #expect(head.hasPrefix("HTTP/1.1 200"))
            #expect(try #require(await heads.next()).lowercased().contains("upgrade") == false)
        }
    }

    @Test("an upgrade with content is refused, and nothing goes out (H19)")
    func content() async throws {
        let heads = Events<String>()
        try await TestGateway.run { wire in
            heads.note(try wire.readHead())
        } _: { gateway in
            let port = gateway.port
            let head = try await onThread {
                let wire = try Wire.connect(to: port)
                try wire.send(TestGateway.handshake.dropLast(2) + "Content-Length: 1\r\n\r\nx")
                return try wire.readHead()
            }
            #expect(head.hasPrefix("HTTP/1.1 400"))
            #expect(heads.all.isEmpty)
        }
    }
}
