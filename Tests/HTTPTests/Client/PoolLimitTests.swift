import Reactor
import Synchronization
import TestSupport
import Testing

@testable import HTTP

@Suite("the limit of connections", .timeLimit(.minutes(1))) struct PoolLimitTests {
    /// Answers the requests of each connection once it may.
    private static func patient(_ mayAnswer: Latch, _ arrived: Events<String>) -> ScriptedServer.Script {
        { peer, number in
            while true {
                let head = try peer.readHead()
                arrived.note(String(head.split(separator: " ")[1]))
                mayAnswer.waitBlocking()
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)")
            }
        }
    }

    @Test("calls beyond it wait and take over connections in order")
    func waits() async throws {
        let (mayAnswer, arrived) = (Latch(), Events<String>())
        let server = try ScriptedServer(script: Self.patient(mayAnswer, arrived))
        defer { server.stop() }
        let client = try ClientFixture.client { $0.connectionsPerLoop = 1 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<10 {
                group.addTask {
                    let (_, text) = try await client.fetch(HTTPRequest(.get, "/\(number)"), from: server)
                    #expect(text == "1")
                }
                #expect(await client.settles { $0.waiting == UInt64(number) && $0.connectionsOpened > 0 })
            }
            mayAnswer.open()
            try await group.waitForAll()
        }
        #expect(arrived.all == (0..<10).map { "/\($0)" })
        #expect(server.connectionCount == 1)
        #expect(await client.counters.waiting == 0)
        await client.close()
    }

    @Test("one call more than may wait fails at once and is counted")
    func queueFull() async throws {
        let mayAnswer = Latch()
        let server = try ScriptedServer(script: Self.patient(mayAnswer, Events()))
        defer { server.stop() }
        let client = try ClientFixture.client { ($0.connectionsPerLoop, $0.waitingCalls) = (1, 2) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { _ = try await client.fetch(from: server) } }
            #expect(await client.settles { $0.waiting == 2 })
            await #expect(throws: HTTPClientError.queueFull(HTTPDestination(server.address))) {
                try await client.fetch(from: server)
            }
            #expect(await client.counters.queueFull == 1)
            mayAnswer.open()
            try await group.waitForAll()
        }
        await client.close()
    }

    @Test("a call waits no longer than its time")
    func waitingTimesOut() async throws {
        let mayAnswer = Latch()
        let server = try ScriptedServer(script: Self.patient(mayAnswer, Events()))
        defer { server.stop() }
        let client = try ClientFixture.client { $0.connectionsPerLoop = 1 }
        async let first = client.fetch(from: server)
        #expect(await client.settles { $0.requests == 1 })
        await #expect(throws: HTTPClientError.timedOut(.turn)) {
            try await client.fetch(from: server, timeouts: .with { $0.total = .milliseconds(50) })
        }
        #expect(await client.counters.waiting == 0)
        mayAnswer.open()
        _ = try await first
        #expect(server.connectionCount == 1)
        await client.close()
    }

    @Test("a call that is cancelled waits no longer")
    func waitingIsCancelled() async throws {
        let mayAnswer = Latch()
        let server = try ScriptedServer(script: Self.patient(mayAnswer, Events()))
        defer { server.stop() }
        let client = try ClientFixture.client { $0.connectionsPerLoop = 1 }
        async let first = client.fetch(from: server)
        #expect(await client.settles { $0.requests == 1 })
        let second = Task { try await client.fetch(from: server) }
        #expect(await client.settles { $0.waiting == 1 })
        second.cancel()
        await #expect(throws: HTTPClientError.cancelled) { try await second.value }
        #expect(await client.counters.waiting == 0)
        mayAnswer.open()
        _ = try await first
        #expect(await client.counters.requests == 1)
        await client.close()
    }

    @Test("a place that comes free belongs to who waited, not to who comes just then")
    func handsOverPlaces() async throws {
        let mayAnswer = Latch()
        let peers = Mutex<[BlockingSocket]>([])
        let overlaps = Mutex(0)
        let server = try ScriptedServer { peer, _ in
            let before = peers.withLock { peers in
                defer { peers.append(peer) }
                return peers
            }
            // The client has closed the one before it opens the next.
            if before.contains(where: { !$0.isEnded }) { overlaps.withLock { $0 += 1 } }
            try peer.readHead()
            mayAnswer.waitBlocking()
            try peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
            _ = peer.readToEnd()
        }
        defer { server.stop() }
        let client = try ClientFixture.client { $0.connectionsPerLoop = 1 }
        let destination = HTTPDestination(server.address)
        // On the loop, so that the second call of each comes in the very turn in which the first ends.
        let loop = try ClientFixture.loop.loops[0]
        let tasks = (0..<4).map { _ in
            Task(executorPreference: loop) {
                for _ in 0..<10 {
                    _ = try await client.send(HTTPRequest(.get, "/"), to: destination)
                    #expect(await client.counters.connectionsOpen <= 1)
                }
            }
        }
        #expect(await client.settles { $0.waiting == 3 })
        mayAnswer.open()
        for task in tasks { try await task.value }
        #expect(overlaps.withLock { $0 } == 0)
        #expect(server.connectionCount == 40)
    }

    @Test("a connection handed over to a call that waited is a kept one: its loss is made good")
    func handedOverStale() async throws {
        let mayAnswer = Latch()
        let server = try ScriptedServer { peer, number in
            try peer.readHead()
            mayAnswer.waitBlocking()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)")
            // The first connection takes one more request and ends without an answer.
            try peer.readHead()
        }
        defer { server.stop() }
        let client = try ClientFixture.client { $0.connectionsPerLoop = 1 }
        async let first = client.fetch(from: server).1
        #expect(await client.settles { $0.requests == 1 })
        async let second = client.fetch(from: server).1
        #expect(await client.settles { $0.waiting == 1 })
        mayAnswer.open()
        #expect(try await first == "1")
        #expect(try await second == "2")
        #expect(await client.counters.staleRetries == 1)
        await client.close()
    }
}
