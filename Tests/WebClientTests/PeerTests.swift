import HTTP
import TestSupport
import Testing

@testable import WebClient

@Suite(
    "servers that lie",
    .enabled(if: Program.isWanted("python3"), "needs python3"),
    .timeLimit(.minutes(1))
)
struct LyingServerTests {
    static let lies: [(String, WebClientError)] = [
        ("/both-lengths", .invalidAnswer("both Content-Length and Transfer-Encoding")),
        ("/no-name", .invalidAnswer("a field without a proper name")),
        ("/switch", .invalidAnswer("101, which nobody asked for")),
        ("/interim", .invalidAnswer("more than 8 interim answers")),
        ("/large-head", .headTooLarge), ("/many-fields", .headTooLarge),
        ("/short", .disconnected), ("/short-chunk", .disconnected), ("/nothing", .disconnected),
        ("/reset", .disconnected),
    ]

    @Test("the call fails with what was wrong, never with a clean end")
    func lies() async throws {
        let certificates = try await Certificates()
        for certificate in [nil, certificates.good] {
            try await WebPeer.run(certificate) { peer in
                let client = try WebFixture.client(trusting: certificates.authority)
                for (path, error) in Self.lies {
                    await #expect(throws: error, "\(path)") {
                        try await client.fetch(path, from: peer.destination())
                    }
                }
                for path in ["/two-lengths", "/no-status", "/bad-chunk", "/http09"] {
                    await #expect(throws: WebClientError.self, "\(path)") {
                        try await client.fetch(path, from: peer.destination())
                    }
                }
                #expect(try await client.fetch(from: peer.destination()).response.head.status == .ok)
                #expect(await client.counters.callsInProgress == 0)
            }
        }
    }

    @Test("a server that dies in the middle of an answer")
    func dies() async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client()
            let response = try await client.send(HTTPRequest(.get, "/die"), to: peer.destination())
            var pieces = response.body.makeAsyncIterator()
            #expect(try await pieces.next() == Array("hell".utf8))
            await #expect(throws: WebClientError.disconnected) { try await pieces.next() }
            await #expect(throws: WebClientError.disconnected) { try await pieces.next() }
            // The kernel may still take a connection for the dying server, and reset it, before it closes the port.
            let end = ContinuousClock.now + .seconds(20)
            var error: WebClientError?
            repeat {
                error = await #expect(throws: WebClientError.self) {
                    try await client.fetch(from: peer.destination())
                }
            } while error == .disconnected && ContinuousClock.now < end
            #expect(error?.description.contains("Connection refused") == true, "\(String(describing: error))")
        }
    }

    @Test("trailers")
    func trailers() async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client()
            let response = try await client.send(HTTPRequest(.get, "/trailers"), to: peer.destination())
            #expect(try await response.body.collect(upTo: 10) == Array("hello".utf8))
            #expect(await response.body.trailers["x-sum"] == "5")
        }
    }

    @Test("a kept connection that is gone is replaced")
    func stale() async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client()
            for number in 1...5 {
                #expect(try await client.fetch("/once", from: peer.destination()).text == "\(number)")
            }
        }
    }

    @Test("a name without an address")
    func unresolved() async throws {
        let client = try WebFixture.client()
        let destination = try WebDestination("https://nowhere.invalid")
        await #expect(throws: WebClientError.unresolved(destination)) {
            try await client.fetch(from: destination)
        }
    }
}

@Suite("time, cancellation, limits", .enabled(if: Program.isWanted("python3")), .timeLimit(.minutes(1)))
struct WaitingTests {
    private static let short = Duration.milliseconds(100)

    @Test("silence is waited out only so long, before the head and in the content")
    func timeouts() async throws {
        let certificates = try await Certificates()
        try await WebPeer.run(certificates.good) { peer in
            let client = try WebFixture.client(trusting: certificates.authority)
            let destination = try peer.destination()
            await #expect(throws: WebClientError.timedOut(.head)) {
                try await client.fetch(
                    "/silent",
                    from: destination,
                    timeouts: .with { $0.attempt = Self.short }
                )
            }
            #expect(await peer.events.wait(for: "gone"))
            await #expect(throws: WebClientError.timedOut(.content)) {
                try await client.fetch("/stall", from: destination, timeouts: .with { $0.idle = Self.short })
            }
            #expect(await peer.events.wait(for: "gone"))
            await #expect(throws: WebClientError.timedOut(.head)) {
                try await client.fetch(
                    "/silent",
                    from: destination,
                    timeouts: .with { $0.total = Self.short }
                )
            }
            let response = try await client.send(
                HTTPRequest(.get, "/endless"),
                to: destination,
                timeouts: .with { $0.total = .seconds(2) }
            )
            await #expect(throws: WebClientError.timedOut(.content)) { for try await _ in response.body {} }
            #expect(await client.counters.callsInProgress == 0)
        }
    }

    @Test("a server that takes no connection: the connection's time, also with a content that streams")
    func connect() async throws {
        let server = try FullServer()
        let client = try WebFixture.client()
        for body in [HTTPBody.empty, HTTPBody(SendingTests.Pieces(count: 3))] {
            await #expect(throws: WebClientError.timedOut(.connection)) {
                try await client.fetch(
                    "/",
                    .post,
                    from: WebDestination(.http, host: "127.0.0.1", port: server.port),
                    body: body,
                    timeouts: .with { $0.connect = Self.short }
                )
            }
        }
    }

    @Test(
        "a cancelled call ends its connection, before and behind the head",
        arguments: ["/silent", "/stall"]
    )
    func cancel(_ path: String) async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client()
            let destination = try peer.destination()
            let call = Task { try await client.fetch(path, from: destination) }
            #expect(await peer.events.next() == (path == "/silent" ? "silent" : "stalled"))
            call.cancel()
            await #expect(throws: WebClientError.cancelled) { try await call.value }
            #expect(await peer.events.next() == "gone")
            #expect(await client.settles { $0.callsInProgress == 0 })
        }
    }

    @Test("an answer that nobody holds any more ends its connection")
    func dropped() async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client()
            _ = try await client.send(HTTPRequest(.get, "/endless"), to: peer.destination())
            #expect(await peer.events.next() == "gone")
            #expect(await client.settles { $0.callsInProgress == 0 })
        }
    }

    @Test("one call more than allowed fails at once; closing ends all and refuses others")
    func queue() async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client { $0.callsPerLoop = 2 }
            let destination = try peer.destination()
            let calls = (0..<2).map { _ in Task { try await client.fetch("/silent", from: destination) } }
            for _ in calls { #expect(await peer.events.next() == "silent") }
            await #expect(throws: WebClientError.queueFull(limit: 2)) {
                try await client.fetch(from: destination)
            }
            await client.close()
            for call in calls { await #expect(throws: WebClientError.closed) { try await call.value } }
            await #expect(throws: WebClientError.closed) { try await client.fetch(from: destination) }
            #expect(await client.counters.queueFull == 1)
        }
    }

    @Test("a limit on what is gathered ends the reading")
    func collected() async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client()
            let response = try await client.send(HTTPRequest(.get, "/endless"), to: peer.destination())
            await #expect(throws: HTTPBody.TooLarge.self) {
                try await response.body.collect(upTo: 1 << 20)
            }
        }
    }
}
