import Reactor
import TestSupport
import Testing

@testable import HTTP

@Suite("the client's timeouts", .timeLimit(.minutes(1))) struct ClientTimeoutTests {
    private static let short = Duration.milliseconds(100)

    @Test("get and set")
    func values() {
        var timeouts = HTTPTimeouts()
        #expect((timeouts.connect, timeouts.attempt) == (.milliseconds(500), .seconds(3)))
        #expect(timeouts.total == .seconds(10))
        #expect(timeouts.idle == .seconds(30))
        (timeouts.connect, timeouts.attempt, timeouts.idle) = (.seconds(1), .seconds(2), .seconds(3))
        timeouts.total = nil
        #expect(
            (timeouts.connect, timeouts.attempt, timeouts.idle) == (.seconds(1), .seconds(2), .seconds(3))
        )
        #expect(timeouts.total == nil)
        timeouts.total = .seconds(4)
        #expect(timeouts.total == .seconds(4))
    }

    /// Which time is short.
    enum Time { case attempt, idle }

    /// How much of an answer there is before the silence, and what runs out.
    static let silences: [(Time, String, HTTPClientError.Stage)] = [
        (.attempt, "", .head),
        (.attempt, "HTTP/1.1 103 H\r\n\r\n", .head),
        (.idle, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", .content),
        (.idle, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell", .content),
        (.idle, "HTTP/1.1 200 OK\r\n\r\nhell", .content),
    ]

    @Test("silence is waited out only so long", arguments: silences)
    func silence(_ time: Time, _ answer: String, _ stage: HTTPClientError.Stage) async throws {
        let server = try ScriptedServer { peer, _ in
            try peer.readHead()
            try peer.send(answer)
            #expect(peer.readToEnd().text.isEmpty)
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let timeouts = HTTPTimeouts.with {
            if time == .attempt { $0.attempt = Self.short } else { $0.idle = Self.short }
        }
        await #expect(throws: HTTPClientError.timedOut(stage)) {
            try await client.fetch(from: server, timeouts: timeouts)
        }
        #expect(await client.counters.connectionsOpen == 0)
    }

    @Test("the total time ends a call whose content never pauses for long", arguments: [true, false])
    func total(isFirst: Bool) async throws {
        let server = try ScriptedServer { peer, _ in
            if !isFirst { try peer.answer() }
            try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\n\r\n")
            // Without end, until the client leaves.
            while true { try peer.send([UInt8](repeating: 0, count: 1 << 16)) }
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        if !isFirst { _ = try await client.fetch(from: server) }
        let timeouts = HTTPTimeouts.with { $0.total = .seconds(3) }
        let response = try await client.send(
            HTTPRequest(.get, "/"),
            to: HTTPDestination(server.address),
            timeouts: timeouts
        )
        let error = await #expect(throws: HTTPClientError.self) { for try await _ in response.body {} }
        #expect(error == .timedOut(.content))
        #expect(await client.counters.connectionsOpen == 0)
    }

    @Test("an answer that nobody reads ends with the total time")
    func unread() async throws {
        let ended = Latch()
        let server = try ScriptedServer { peer, _ in
            try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh")
            _ = peer.readToEnd()
            ended.open()
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let timeouts = HTTPTimeouts.with { $0.total = .seconds(3) }
        let response = try await client.send(
            HTTPRequest(.get, "/"),
            to: HTTPDestination(server.address),
            timeouts: timeouts
        )
        await ended.wait()
        await #expect(throws: HTTPClientError.self) { try await response.body.collect(upTo: 10) }
        #expect(await client.counters.connectionsOpen == 0)
    }

    @Test("the attempt's time is over with the head: content may be read later")
    func attemptEndsWithHead() async throws {
        let mayGoOn = Latch()
        let server = try ScriptedServer { peer, number in
            try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh")
            mayGoOn.waitBlocking()
            try peer.send("ello")
            try peer.answer("\(number)")
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let response = try await client.send(
            HTTPRequest(.get, "/"),
            to: HTTPDestination(server.address),
            timeouts: .with { $0.attempt = .seconds(2) }
        )
        try await ClientFixture.loop.loops[0].sleep(for: .seconds(3))
        mayGoOn.open()
        #expect(try await response.body.collect(upTo: 10) == Array("hello".utf8))
        #expect(try await client.fetch(from: server).1 == "1")
        await client.close()
    }

    @Test("a kept connection has the times of each call, not of the one before")
    func perCall() async throws {
        let server = try ScriptedServer { peer, _ in
            try peer.answer()
            try peer.readHead()
            #expect(peer.readToEnd().text.isEmpty)
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        _ = try await client.fetch(from: server)
        await #expect(throws: HTTPClientError.timedOut(.head)) {
            try await client.fetch(from: server, timeouts: .with { $0.attempt = Self.short })
        }
        #expect(server.connectionCount == 1)
    }
}
