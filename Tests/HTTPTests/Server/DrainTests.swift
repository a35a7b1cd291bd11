import Glibc
import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

@Suite("draining", .timeLimit(.minutes(1))) struct DrainTests {
    static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("under load each request that was begun is answered, and the last answer says that it is")
    func underLoad() async throws {
        let answered = Events<Void>()
        try await TestServer.run {
            // Time enough for a client that is just about to send, also on a busy machine.
            $0.drainIdleTimeout = .seconds(2)
        } handler: { _ in
            HTTPResponse(.ok, body: HTTPBody("x"))
        } _: { server in
            let counts = try await withThrowingTaskGroup(of: Int.self) { clients in
                for _ in 0..<16 {
                    clients.addTask {
                        let client = try await RawClient.connect(to: server.address)
                        var count = 1
                        while try await !client.exchange(Self.request).closes {
                            count += 1
                            answered.note(())
                        }
                        // Behind the last answer there is a clean end and nothing else.
                        let (bytes, ending) = try await client.rest()
                        #expect(bytes.isEmpty)
                        #expect(ending == .clean)
                        return count
                    }
                }
                for _ in 0..<200 { _ = await answered.next() }
                #expect(await server.drain() == .drained)
                return try await clients.reduce(into: []) { $0.append($1) }
            }
            #expect(counts.count == 16)
            #expect(await server.counters.requests == UInt64(counts.reduce(0, +)))
        }
    }

    @Test("a request in flight is answered, pipelined ones behind it are not begun")
    func inFlight() async throws {
        let begun = Events<String>()
        let mayAnswer = Events<Void>()
        try await TestServer.run { request in
            begun.note(request.head.target)
            _ = await mayAnswer.next()
            return HTTPResponse(.ok, body: HTTPBody("done"))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(Self.request + HostileInputTests.behind)
            #expect(await begun.next() == "/")
            async let result = server.drain()
            #expect(try await refuses(server.address))
            mayAnswer.note(())
            let answer = try await client.lastResponse()
            #expect(answer.text == "done")
            #expect(answer.closes)
            #expect(await result == .drained)
            #expect(begun.all == ["/"])
        }
    }

    @Test("an idle connection gets a moment for a request on its way, then it is closed")
    func idle() async throws {
        try await TestServer.run {
            $0.drainIdleTimeout = .seconds(1)
        } handler: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let silent = try await RawClient.connect(to: server.address)
            let asking = try await RawClient.connect(to: server.address)
            #expect(try await silent.exchange(Self.request).status == 200)
            #expect(try await asking.exchange(Self.request).status == 200)
            async let result = server.drain()
            #expect(try await refuses(server.address))
            try await asking.send(Self.request)
            #expect(try await asking.lastResponse().closes)
            let (bytes, ending) = try await silent.rest()
            #expect(bytes.isEmpty)
            #expect(ending == .clean)
            #expect(await result == .drained)
        }
    }

    @Test("connections that wait in the kernel's queue are served before the end")
    func queued() async throws {
        let group = try EventLoopGroup(count: 1)
        try await TestServer.run(on: group) {
            $0.drainIdleTimeout = .seconds(2)
        } handler: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let (isHeld, mayGoOn) = (Events<Void>(), Barrier())
            group.loops[0].execute {
                isHeld.note(())
                mayGoOn.wait()
            }
            _ = await isHeld.next()
            let clients = try await (0..<20).asyncMap { _ in try await RawClient.connect(to: server.address) }
            for client in clients { try await client.send(Self.request) }
            async let result = server.drain()
            mayGoOn.open()
            for client in clients { #expect(try await client.lastResponse().status == 200) }
            #expect(await result == .drained)
        }
        group.stop()
    }

    @Test("a handler that hangs is cut when time is up, and counted")
    func forced() async throws {
        let begun = Events<Void>()
        let ends = Events<Bool>()
        try await TestServer.run(drains: false) {
            $0.drainTimeout = .milliseconds(200)
        } handler: { _ in
            begun.note(())
            do { try await EventLoop.current?.sleep(for: .seconds(50)) } catch {
                ends.note(error is CancellationError)
            }
            return HTTPResponse(.ok)
        } _: { server in
            let clients = try await (0..<2).asyncMap { _ in try await RawClient.connect(to: server.address) }
            for client in clients { try await client.send(Self.request) }
            for _ in clients { _ = await begun.next() }
            let result = await server.drain()
            #expect(result == .forced(connections: 2))
            for client in clients {
                let (bytes, ending) = try await client.rest()
                #expect(bytes.isEmpty)
                #expect(ending == .reset)
                #expect(await ends.next() == true)
            }
        }
    }

    @Test("a handler that goes on after its client was answered for it and let go is counted, too")
    func forcedDeaf() async throws {
        let mayEnd = Latch()
        try await TestServer.run(drains: false) {
            ($0.requestTimeout, $0.lingerTimeout) = (.milliseconds(50), .milliseconds(20))
            $0.drainTimeout = .milliseconds(300)
        } handler: { _ in
            // Deaf to its cancellation, which another task does not get.
            await Task { await mayEnd.wait() }.value
            return HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address, sending: Self.request)
            #expect(try await client.lastResponse().status == 503)
            client.close()
            #expect(await server.drain() == .forced(connections: 1))
            mayEnd.open()
        }
    }

    @Test("a stream that goes on is cut by a reset when time is up")
    func forcedStream() async throws {
        try await TestServer.run(drains: false) {
            $0.drainTimeout = .milliseconds(200)
        } handler: { _ in
            HTTPResponse(.ok, body: HTTPBody(Pieces(count: .max, of: 1 << 16)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(Self.request)
            _ = try await client.bytes(1000)
            #expect(await server.drain() == .forced(connections: 1))
            #expect(try await client.rest().ending == .reset)
        }
    }

    @Test("a drain that is cancelled cuts what is left at once")
    func cancelled() async throws {
        let begun = Events<Void>()
        try await TestServer.run(drains: false) { _ in
            begun.note(())
            try await EventLoop.current?.sleep(for: .seconds(50))
            return HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(Self.request)
            _ = await begun.next()
            let result = await withTaskGroup(of: HTTPServer.DrainResult.self) { tasks in
                tasks.addTask { await server.drain() }
                tasks.cancelAll()
                return await tasks.next()
            }
            #expect(result == .forced(connections: 1))
            #expect(try await client.rest().ending == .reset)
        }
    }

    /// Tries until the address refuses connections.
    private func refuses(_ address: SocketAddress) async throws -> Bool {
        try await offThread {
            for _ in 0..<100_000 {
                do {
                    _ = try RawSocket(to: address, receiveBuffer: nil, patience: 20)
                } catch let failure as RawSocket.Failure {
                    // In the moment of its closing a listening socket resets what waits at it.
                    if failure.code == ECONNREFUSED { return true }
                }
            }
            return false
        }
    }
}
