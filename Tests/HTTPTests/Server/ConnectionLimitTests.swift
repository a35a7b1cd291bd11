import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

@Suite("many connections (H23)", .timeLimit(.minutes(1))) struct ConnectionLimitTests {
    static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("above the limit accepting pauses, those within it are served, and it resumes by itself")
    func limit() async throws {
        try await TestServer.run(on: try TestServer.single) {
            $0.connectionsPerLoop = 2
        } handler: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let first = try await RawClient.connect(to: server.address)
            let second = try await RawClient.connect(to: server.address)
            #expect(try await first.exchange(Self.request).status == 200)
            #expect(try await second.exchange(Self.request).status == 200)
            // The kernel takes these; the server must not.
            let third = try await RawClient.connect(to: server.address)
            let fourth = try await RawClient.connect(to: server.address)
            try await third.send(Self.request)
            try await fourth.send(Self.request)
            #expect(try await first.exchange(Self.request).status == 200)
            var counters = await server.counters
            #expect(counters.connectionsAccepted == 2)
            #expect(counters.acceptPauses == 1)
            first.close()
            #expect(try await third.response().status == 200)
            second.close()
            #expect(try await fourth.response().status == 200)
            counters = await server.counters
            #expect(counters.connectionsAccepted == 4)
            third.close()
            fourth.close()
        }
    }

    @Test("connect and leave, a thousand times, in many ways, leaves nothing behind")
    func connectAndLeave() async throws {
        try await TestServer.run { _ in
            HTTPResponse(.ok)
        } _: { server in
            let address = server.address
            try await offThread {
                for number in 0..<1000 {
                    let socket = try RawSocket(to: address, receiveBuffer: nil, patience: 20)
                    if number % 4 == 1 { try socket.send(Array("GET / HT".utf8)) }
                    if number % 4 == 2 { try socket.send(Array(Self.request.utf8)) }
                    if number % 3 == 0 { socket.reset() }
                }
            }
            let client = try await RawClient.connect(to: server.address)
            #expect(try await client.exchange(Self.request).status == 200)
            client.close()
            // Resets may take a connection out of the kernel's queue before it is accepted.
            #expect(await server.finalCounters().connectionsAccepted > 500)
        }
    }

    @Test("thousands of slow clients neither stop others nor stay (slowloris)")
    func slowloris() async throws {
        OpenFileLimit.raise()
        let slowCount = 1000
        try await TestServer.run(on: try TestServer.quiet) {
            $0.headTimeout = .seconds(3)
        } handler: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let address = server.address
            let (areThere, areGone) = (Events<Void>(), Events<Void>())
            async let refused = offThread {
                defer { areGone.note(()) }
                let slow = try SlowClients(count: slowCount, to: address)
                areThere.note(())
                return try slow.run()
            }
            let client = try await RawClient.connect(to: address)
            _ = await areThere.next()
            #expect(try await client.exchange(Self.request).status == 200)
            #expect(await server.counters.connectionsOpen > UInt64(slowCount / 2))
            while areGone.all.isEmpty { #expect(try await client.exchange(Self.request).status == 200) }
            #expect(try await refused == slowCount)
            client.close()
            #expect(await server.finalCounters().refusals == [.headTimeout: UInt64(slowCount)])
        }
    }
}
