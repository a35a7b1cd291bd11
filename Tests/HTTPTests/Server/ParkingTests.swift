import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

/// Connections that have been idle for a moment, whose task has ended (ADR 0025).
@Suite("parked connections", .timeLimit(.minutes(1))) struct ParkingTests {
    static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Runs `body` with a client whose connection has answered once and is parked.
    private static func run(
        idle: Duration = .seconds(60),
        _ body: @escaping @Sendable (HTTPServer, RawClient) async throws -> Void
    ) async throws {
        try await TestServer.run(on: try TestServer.quiet) {
            $0.headTimeout = .milliseconds(100)
            $0.idleTimeout = idle
        } handler: { request in
            HTTPResponse(.ok, body: HTTPBody(try await request.body.collect(upTo: 1 << 20)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            #expect(try await client.exchange(Self.request).status == 200)
            #expect(await server.settles { $0.connectionsParked == 1 })
            try await body(server, client)
        }
    }

    @Test("are served on as before, and parked again")
    func served() async throws {
        try await Self.run { server, client in
            for round in 2...4 {
                #expect(try await client.exchange(Self.request).status == 200)
                #expect(await server.settles { $0.connectionsParked == round })
            }
            // Two at once, the second of which has a content.
            try await client.send(
                Self.request + "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
            )
            #expect(try await client.response().status == 200)
            #expect(try await client.response().text == "hello")
            client.close()
            #expect(await server.settles { $0.connectionsOpen == 0 })
        }
    }

    @Test("give a head that begins its own time")
    func slowHead() async throws {
        try await Self.run { server, client in
            try await client.send("GET / HTT")
            #expect(try await client.lastResponse().status == 408)
            #expect(await server.settles { $0.connectionsOpen == 0 })
        }
    }

    @Test("end with their idle time, without a word")
    func idle() async throws {
        try await Self.run(idle: .milliseconds(700)) { _, client in
            let (bytes, ending) = try await client.rest()
            #expect(bytes.isEmpty && ending == .clean)
        }
    }

    @Test("end with their client, however it goes", arguments: [false, true])
    func clientGone(resets: Bool) async throws {
        try await Self.run { server, client in
            if resets { client.reset() } else { client.close() }
            #expect(await server.settles { $0.connectionsOpen == 0 })
        }
    }

    @Test("end when the server drains")
    func drain() async throws {
        try await Self.run { server, client in
            #expect(await server.finalCounters().connectionsOpen == 0)
            let (bytes, ending) = try await client.rest()
            #expect(bytes.isEmpty && ending == .clean)
        }
    }

    @Test("many at once come and go, and none is forgotten")
    func many() async throws {
        try await TestServer.run(on: try TestServer.quiet) {
            $0.headTimeout = .milliseconds(100)
        } handler: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let count = 200
            var clients: [RawClient] = []
            for _ in 0..<count { clients.append(try await RawClient.connect(to: server.address)) }
            for round in 1...3 {
                for client in clients { try await client.send(Self.request) }
                for client in clients { #expect(try await client.response().status == 200) }
                #expect(await server.settles { $0.connectionsParked >= count * round })
            }
            for client in clients { client.close() }
            #expect(await server.settles { $0.connectionsOpen == 0 })
        }
    }

    @Test("what a client has not taken yet of its answers is not cut for parking")
    func slowReader() async throws {
        try await TestServer.run(on: try TestServer.quiet) {
            $0.headTimeout = .milliseconds(100)
        } handler: { _ in
            HTTPResponse(.ok, body: HTTPBody([UInt8](repeating: 120, count: 4096)))
        } _: { server in
            // How many answers kernel and server hold for a client that reads none; the next is in the handler's hands.
            let stalled = try await StalledClient.connect(to: server)
            let asked = try await stalled.askUntilFull() - 8
            stalled.client.reset()
            #expect(await server.settles { $0.connectionsOpen == 0 })
            // Some fewer: the last ones wait in the server, which is idle.
            let slow = try await StalledClient.connect(to: server)
            try await slow.ask(asked)
            // Another connection has its time for parking behind that of the first.
            let other = try await RawClient.connect(to: server.address)
            #expect(try await other.exchange(Self.request).status == 200)
            let before = await server.counters.connectionsParked
            #expect(await server.settles { $0.connectionsParked > before })
            for _ in 0..<asked { #expect(try await slow.client.response().body.count == 4096) }
            #expect(await server.counters.writeTimeouts == 0)
            slow.client.close()
            other.close()
        }
    }

    @Test("are served on when nobody holds their server any more")
    func unheld() async throws {
        let group = try TestServer.single
        var settings = HTTPServerSettings()
        settings.headTimeout = .milliseconds(100)
        func served() async throws -> RawClient {
            let server = try await HTTPServer.start(at: .loopback(port: 0), on: group, settings: settings) {
                _ in
                HTTPResponse(.ok)
            }
            let client = try await RawClient.connect(to: server.address)
            #expect(try await client.exchange(Self.request).status == 200)
            return client
        }
        let client = try await served()
        // Another connection of the same loop, which is parked behind that one.
        try await TestServer.run(on: group) {
            $0.headTimeout = settings.headTimeout
        } handler: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let later = try await RawClient.connect(to: server.address)
            #expect(try await later.exchange(Self.request).status == 200)
            #expect(await server.settles { $0.connectionsParked == 1 })
            later.close()
        }
        #expect(try await client.exchange(Self.request).status == 200)
        client.close()
    }
}
