import HTTP
import HTTPWire
import Reactor
import Synchronization
import TestSupport
import Testing
import VigieTesting

/// What the gateway's client hears of an upstream that breaks the protocol: 502, 504 or a cut, never a clean end; and the
/// upstream's connection is over.
@Suite("an upstream that lies to the gateway", .timeLimit(.minutes(2))) struct EdgeLyingUpstreamTests {
    private static let document = """
        {"routes": [
          {"path": "/{rest...}", "service": "echo", "auth": "open", "attempts": 1, "attemptTimeout": "20s",
           "timeout": "20s"},
          {"path": "/head", "service": "echo", "auth": "open", "attempts": 1, "attemptTimeout": "150ms"},
          {"path": "/content", "service": "echo", "auth": "open", "attempts": 1, "attemptTimeout": "20s",
           "timeout": "20s", "idleTimeout": "150ms"},
          {"path": "/trickle", "service": "echo", "auth": "open", "attempts": 1, "idleTimeout": "2s"},
          {"path": "/again", "service": "echo", "auth": "open", "attemptTimeout": "20s", "timeout": "20s"}
        ]}
        """

    /// The route that waits no longer than it must for what comes of a lie.
    private static func path(for lie: Lie) -> String {
        guard case .timedOut(let stage) = lie.outcome else { return "/lie" }
        return stage == .head ? "/head" : "/content"
    }

    /// Asks an upstream that lies on its first connection and is honest on all others; then asks it again.
    private func outcome(of lie: Lie) async throws -> (bytes: [UInt8], ending: RawSocket.Ending) {
        let isFirst = Atomic(true)
        let reused = Mutex<[UInt8]>([])
        let upstream = try ScriptedUpstream { wire in
            let head = try wire.readHead()
            guard !head.hasPrefix("GET /again"), isFirst.exchange(false, ordering: .relaxed) else {
                return try wire.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain")
            }
            try wire.send(lie.bytes)
            switch lie.ending {
            case .close: return
            case .reset: return wire.reset()
            case .silence:
                let (bytes, _) = wire.readToEnd()
                reused.withLock { $0 = bytes }
            }
        }
        defer { upstream.stop() }
        let result = Mutex<(bytes: [UInt8], ending: RawSocket.Ending)>(([], .timedOut))
        try await SecurityStage.run(Self.document, before: [.loopback(port: upstream.port)]) { gateway in
            let client = try await RawClient.connect(to: gateway.address)
            try await client.send(
                "GET \(Self.path(for: lie)) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            let seen = try await client.rest()
            result.withLock { $0 = seen }
            let again = try await gateway.get("/again")
            #expect(again.status == 200 && again.text == "again")
        }
        #expect(reused.withLock { $0 }.isEmpty, "the connection is not used again")
        return result.withLock { $0 }
    }

    @Test("in its head: 502 upstream_invalid or 504 upstream_timeout", arguments: Lie.inHeads)
    func head(_ lie: Lie) async throws {
        let (bytes, ending) = try await outcome(of: lie)
        let text = String(decoding: bytes, as: UTF8.self)
        let isLate = if case .timedOut = lie.outcome { true } else { false }
        #expect(text.hasPrefix(isLate ? "HTTP/1.1 504 " : "HTTP/1.1 502 "), "\(text)")
        #expect(
            text.contains(isLate ? #""reason":"upstream_timeout""# : #""reason":"upstream_invalid""#),
            "\(text)"
        )
        #expect(ending == .clean)
    }

    @Test("in its content: the client's connection is reset", arguments: Lie.inContents)
    func content(_ lie: Lie) async throws {
        let (bytes, ending) = try await outcome(of: lie)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(text)")
        #expect(!text.hasSuffix("0\r\n\r\n"))
        #expect(ending == .reset)
    }

    @Test("an answer before its request ends the kept connection; nobody gets it")
    func beforeRequest() async throws {
        let (mayLie, ended) = (Latch(), Latch())
        let number = Atomic(0)
        let upstream = try ScriptedUpstream { wire in
            let own = number.add(1, ordering: .relaxed).newValue
            try wire.readHead()
            try wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(own)")
            guard own == 1 else { return }
            mayLie.waitBlocking()
            try wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlies")
            #expect(wire.readToEnd().bytes.isEmpty)
            ended.open()
        }
        defer { upstream.stop() }
        try await SecurityStage.run(before: [.loopback(port: upstream.port)]) { gateway in
            let first = try await gateway.get("/a")
            #expect(first.text == "1")
            mayLie.open()
            await ended.wait()
            let second = try await gateway.get("/a")
            #expect(second.text == "2")
        }
    }

    @Test("an answer before the whole request is passed on, and the connection not used again")
    func early() async throws {
        let upstream = try ScriptedUpstream { wire in
            let head = try wire.readHead()
            if head.hasPrefix("GET") {
                return try wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
            try wire.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
            // More of the content may come, but neither its end nor another request.
            let rest = String(decoding: wire.readToEnd().bytes, as: UTF8.self)
            #expect(!rest.contains("0\r\n\r\n") && !rest.contains("HTTP/1.1"))
        }
        defer { upstream.stop() }
        try await SecurityStage.run(before: [.loopback(port: upstream.port)]) { gateway in
            let client = try await RawClient.connect(to: gateway.address)
            try await client.send(
                "POST /early HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
            )
            let answer = try await client.response()
            #expect(answer.status == 403 && answer.text == "no")
            client.close()
            #expect(try await gateway.get("/next").text == "ok")
        }
    }

    @Test("a head that trickles is 504 at the attempt's end; a content that trickles is passed on")
    func trickle() async throws {
        let upstream = try ScriptedUpstream { wire in
            let isHead = try wire.readHead().hasPrefix("GET /head ")
            try wire.send("HTTP/1.1 200 OK\r\n" + (isHead ? "X: " : "Content-Length: 25\r\n\r\n"))
            // A byte each time that nobody has ended the connection for a moment.
            for _ in 0..<(isHead ? 1_000 : 25) where !wire.hears(within: 100) { try wire.send("y") }
            _ = wire.readToEnd()
        }
        defer { upstream.stop() }
        try await SecurityStage.run(Self.document, before: [.loopback(port: upstream.port)]) { gateway in
            let late = try await gateway.get("/head")
            #expect(late.status == 504)
            // It takes longer than the idle time, which each byte begins anew.
            let whole = try await gateway.get("/trickle")
            #expect(whole.status == 200 && whole.text == String(repeating: "y", count: 25))
        }
    }

    @Test("a reset within an upload is 502, whether the client reads or writes")
    func resetUpload() async throws {
        let upstream = try ScriptedUpstream { wire in
            let head = try wire.readHead()
            if head.hasPrefix("GET") {
                return try wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
            try wire.read(count: 1)
            wire.reset()
        }
        defer { upstream.stop() }
        try await SecurityStage.run(before: [.loopback(port: upstream.port)]) { gateway in
            for framing in [
                "Content-Length: 1000000\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
            ] {
                let client = try await RawClient.connect(to: gateway.address)
                try await client.send("POST /up HTTP/1.1\r\nHost: a\r\n\(framing)")
                let answer = try await client.response()
                #expect(answer.status == 502 && answer.reason == "upstream_invalid", "\(answer.text)")
                client.close()
            }
            let next = try await gateway.get("/next")
            #expect(next.text == "ok")
        }
    }

    @Test(
        "beside an instance that lies the others answer, and nobody gets anything but an answer or 502, 504",
        arguments: Lie.inHeads
    )
    func beside(_ lie: Lie) async throws {
        let liar = try ScriptedUpstream { wire in
            while true {
                try wire.readHead()
                try wire.send(lie.bytes)
                switch lie.ending {
                case .close: return
                case .reset: return wire.reset()
                case .silence:
                    _ = wire.readToEnd()
                    return
                }
            }
        }
        defer { liar.stop() }
        let honest = try RecordingUpstream()
        defer { honest.stop() }
        let document = """
            {"routes": [{"path": "/{rest...}", "service": "echo", "auth": "open", "attemptTimeout": "150ms"}]}
            """
        let addresses = [.loopback(port: liar.port), honest.address]
        try await SecurityStage.run(document, before: addresses) { gateway in
            var number = 0
            try await eventually("the honest one has answered") {
                number += 1
                let answer = try await gateway.get("/\(number)")
                let isTold = answer.status == 502 || answer.status == 504
                #expect(answer.status == 200 && answer.text == "/\(number)" || isTold, "\(answer.text)")
                return answer.status == 200
            }
            #expect(honest.record.malformed.isEmpty)
        }
    }

    @Test(
        "an upstream that ends its writing side behind each answer: whoever asks next is answered all the same"
    )
    func halfClose() async throws {
        let upstream = try ScriptedUpstream { wire in
            try wire.readHead()
            try wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            wire.finish()
            // The next request may have been on its way already; nobody hears of it.
            _ = wire.readToEnd()
        }
        defer { upstream.stop() }
        try await SecurityStage.run(before: [.loopback(port: upstream.port)]) { gateway in
            for _ in 0..<10 {
                let answer = try await gateway.get("/a")
                #expect(answer.text == "ok")
            }
        }
    }
}
