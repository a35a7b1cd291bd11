import HTTP
import Reactor
import Synchronization
import Telemetry
import Testing

@testable import Resilience

@Suite("calls: breakers and ejection") struct BreakerCallTests {
    @Test(
        "twenty calls of which all fail open the breaker; the error says when to come back, and three probes close it"
    )
    func opensAndCloses() async throws {
        let isWell = Atomic(false)
        try await Peer.run { _, _ in
            isWell.load(ordering: .relaxed) ? .text(.ok) : .text(500)
        } _: { peers in
            var breaker = BalancedInstances.Settings()
            breaker.breaker.leastCalls = 20
            let source = BalancedInstances([peers[0].destination], settings: breaker)
            let calls = try Calls(source)
            for _ in 0..<20 { #expect(try await calls.send().head.status.code == 500) }
            #expect(source.breakers.map(\.state) == [.open])
            #expect(calls.readings("resilience_breaker_state").map(\.value) == [.number(2)])
            let error = try #require(try await calls.failure())
            #expect(error.code == .breakersOpen)
            let problem = try #require(error.problem)
            #expect(problem.status == .serviceUnavailable)
            #expect(problem.reason == "breaker_open")
            #expect(problem.fields[.retryAfter] == "5")
            #expect(peers[0].requests.count == 20)

            isWell.store(true, ordering: .relaxed)
            calls.clock.advance(by: .seconds(5))
            for state in [CircuitBreaker.State.halfOpen, .halfOpen, .closed] {
                #expect(try await calls.send().head.status == .ok)
                #expect(source.breakers.map(\.state) == [state])
            }
            #expect(calls.client.inFlight == 0)
        }
    }

    @Test("a probe that fails opens it again, for twice as long")
    func opensAgain() async throws {
        let deaf = try DeafPeer()
        let source = BalancedInstances([deaf.destination])
        var settings = CallFixture.eager
        settings.retry.attempts = 1
        let calls = try Calls(source, settings: settings)
        for _ in 0..<5 { #expect(try await calls.failure()?.code == .noAnswer(.notConnected)) }
        #expect(try await calls.failure()?.code == .breakersOpen)
        calls.clock.advance(by: .seconds(5))
        #expect(try await calls.failure()?.code == .noAnswer(.notConnected))
        calls.clock.advance(by: .seconds(6))
        #expect(try await calls.failure()?.code == .breakersOpen)
        calls.clock.advance(by: .seconds(4))
        #expect(try await calls.failure()?.code == .noAnswer(.notConnected))
    }

    @Test("while one instance's breaker is open the others serve, without an attempt lost on it")
    func goesAround() async throws {
        let deaf = try DeafPeer()
        try await Peer.run { _, _ in
            .text(.ok)
        } _: { peers in
            let source = BalancedInstances([deaf.destination, peers[0].destination])
            let calls = try Calls(source)
            // Each time, what was measured has faded, so that the deaf one is tried again.
            while source.breakers[0].state != .open {
                #expect(try await calls.send().head.status == .ok)
                calls.clock.advance(by: .seconds(6000))
            }
            calls.clock.advance(by: .seconds(-6000))
            let retries = calls.readings("resilience_retries_total").map(\.value)
            #expect(retries == [.number(5)])
            for _ in 0..<50 { #expect(try await calls.send().head.status == .ok) }
            #expect(calls.readings("resilience_retries_total").map(\.value) == retries)
        }
    }

    @Test(
        "a refused connection ejects; a probe of /health/ready brings the instance back, a failing one does not"
    )
    func ejects() async throws {
        let isReady = Atomic(false)
        try await Peer.run(2) { number, request in
            guard request.head.isPath("/health/ready") else { return .text(.ok) }
            return .text(isReady.load(ordering: .relaxed) ? .ok : 503)
        } _: { peers in
            let source = BalancedInstances(peers.map(\.destination))
            source.beginEjecting()
            let calls = try Calls(source)
            let lease = try source.choose(excluding: [], at: .now)
            source.record(.reset, of: lease, holdsPlace: false, at: .now)
            #expect(source.ejected == [lease.instance])
            let ejections = calls.readings("resilience_ejections_total")
            let counts = Dictionary(uniqueKeysWithValues: ejections.map { ($0.labels.values, $0.value) })
            #expect(counts.count == 2 && counts[["echo/\(lease.instance.id)"]] == .number(1))
            for _ in 0..<20 { _ = try await calls.send() }
            let ejected = try #require(peers.first { $0.destination == lease.instance.destination })
            #expect(ejected.requests.isEmpty)

            await source.probe(by: calls.http, at: .now)
            #expect(ejected.requests.isEmpty)
            await source.probe(by: calls.http, at: .now + .seconds(11))
            #expect(ejected.requests.map(\.path) == ["/health/ready"])
            #expect(source.ejected == [lease.instance])
            isReady.store(true, ordering: .relaxed)
            await source.probe(by: calls.http, at: .now + .seconds(60))
            #expect(source.ejected.isEmpty)
            // A probe that fails prolongs one and is none of its own.
            #expect(calls.readings("resilience_ejections_total").map(\.value) == ejections.map(\.value))
        }
    }

    @Test("who probes ejects, until its task is cancelled; then all come back")
    func runs() async throws {
        let deaf = try DeafPeer()
        let other = HTTPDestination(.loopback(port: 1))
        let source = BalancedInstances([deaf.destination, other])
        let calls = try Calls(source)
        #expect(source.ejected.isEmpty)
        let running = Task { await calls.client.run() }
        while !source.isEjecting { await Task.yield() }
        let lease = try source.choose(excluding: [], at: .now)
        source.record(.reset, of: lease, holdsPlace: false, at: .now)
        #expect(source.ejected == [lease.instance])
        running.cancel()
        await running.value
        #expect(source.ejected.isEmpty)
    }

    @Test("no instance is an error that maps to 503 with Retry-After")
    func noInstance() async throws {
        let calls = try Calls(BalancedInstances([] as [HTTPDestination]))
        let error = try #require(try await calls.failure())
        #expect(error.code == .noInstance)
        #expect(error.problem?.status == .serviceUnavailable)
        #expect(error.problem?.fields[.retryAfter] == "5")
        #expect(calls.client.inFlight == 0)
    }
}
