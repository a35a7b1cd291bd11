import HTTP
import Reactor
import Resilience
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Discovery

@Suite("confirmed leaving") struct DepartureTests {
    private static let instance = InstanceDescription(
        id: "web-h-1",
        service: "web",
        host: "127.0.0.1",
        port: 81
    )

    /// A registered instance that may leave.
    private static func registered(
        _ consul: TestConsul,
        _ telemetry: DiscoveryTelemetry? = nil
    ) async throws -> Registration {
        let registration = Registration(instance, client: try consul.client(), telemetry: telemetry)
        _ = try await registration.verify()
        return registration
    }

    /// A watcher of `web` beside `body`.
    private static func watching(
        _ consul: TestConsul,
        id: String,
        _ body: (NotingConsumer) async throws -> Void
    ) async throws {
        let client = try consul.client()
        let loop = try TestLoops.two.next()
        let presence = WatcherPresence(id: id, address: nil, client: client)
        try await presence.keep()
        let consumer = NotingConsumer()
        let watch = ServiceWatch("web", client: client, consumer: consumer, presence: presence)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask(executorPreference: loop) { await watch.run(on: loop) }
            #expect(await consumer.sets.wait(for: "web-h-1"))
            try await body(consumer)
            tasks.cancelAll()
        }
        await presence.close()
    }

    /// A session that nobody renews holds a watcher's key.
    private static func putWatcher(_ consul: TestConsul, _ id: String, address: String? = nil) {
        let content = address.map { #"{"address":"\#($0)"}"# } ?? "{}"
        consul.state.withLock {
            $0.set("vigie/watch/web/\(id)", Array(content.utf8), session: "session-of-\(id)")
        }
    }

    @Test("without watchers nobody is waited for")
    func alone() async throws {
        try await TestConsul.run { consul in
            let registration = try await Self.registered(consul)
            let end = MonotonicInstant.now + .seconds(60)
            let departure = await registration.leave(by: end, on: try TestLoops.two.next())
            #expect(departure.isConfirmed && departure.watchers.isEmpty)
            #expect(.now < end)
            #expect(consul.state.withLock { $0.registered.isEmpty })
            #expect(consul.state.withLock { $0.keys["vigie/left/web-h-1"]?.session } != nil)
            let writes = consul.requests.filter { $0.hasPrefix("PUT") }.map { $0.prefix { $0 != "?" } }
            #expect(
                writes == [
                    "PUT /v1/agent/service/register", "PUT /v1/session/create",
                    "PUT /v1/kv/vigie/left/web-h-1",
                    "PUT /v1/agent/service/deregister/web-h-1",
                ]
            )
        }
    }

    @Test("leaving waits until each watcher's consumer has let go of the instance, and is measured")
    func waits() async throws {
        try await TestConsul.run { consul in
            let registry = MetricRegistry(loops: try TestLoops.two.loops)
            let registration = try await Self.registered(consul, try DiscoveryTelemetry(in: registry))
            try await Self.watching(consul, id: "gateway-1") { one in
                try await Self.watching(consul, id: "gateway-2") { two in
                    let latch = Latch()
                    two.hold(at: latch)
                    let loop = try TestLoops.two.next()
                    async let departure = registration.leave(by: .now + .seconds(60), on: loop)
                    #expect(await one.sets.wait(for: ""))
                    #expect(await two.sets.wait(for: ""))
                    let acknowledged = {
                        consul.state.withLock { $0.keys.keys.filter { $0.hasPrefix("vigie/ack/") } }
                    }
                    while acknowledged().isEmpty { await Task.yield() }
                    #expect(acknowledged().allSatisfy { $0.hasSuffix("/gateway-1") })
                    latch.open()
                    let result = await departure
                    #expect(result.isConfirmed && result.watchers == ["gateway-1", "gateway-2"])
                    #expect(acknowledged().count == 2)
                }
            }
            let series = registry.snapshot().first { $0.name == "discovery_propagation_seconds" }?.value()
            guard case .histogram(let value) = series else { throw NoFigures() }
            #expect(value.counts.reduce(0, +) == 1)
        }
    }
    private struct NoFigures: Error {}

    @Test("a watcher that does not answer costs the time that was allowed, and is named")
    func silent() async throws {
        try await TestConsul.run { consul in
            let registration = try await Self.registered(consul)
            Self.putWatcher(consul, "mute")
            let departure = await registration.leave(
                by: .now + .milliseconds(400),
                on: try TestLoops.two.next()
            )
            #expect(departure.unconfirmed == ["mute"] && departure.watchers == ["mute"])
            #expect(departure.propagation >= .milliseconds(390))
        }
    }

    @Test(
        "a watcher whose process is gone costs nobody the wait: session gone, key held by none, or nobody at its address"
    )
    func crashed() async throws {
        try await TestConsul.run { consul in
            let registration = try await Self.registered(consul)
            let free = try LoopbackPort.free(1)[0]
            Self.putWatcher(consul, "killed", address: "127.0.0.1:\(free)")
            consul.state.withLock { $0.set("vigie/watch/web/left-behind", [], session: nil) }
            let end = MonotonicInstant.now + .seconds(60)
            let departure = await registration.leave(by: end, on: try TestLoops.two.next())
            #expect(departure.isConfirmed && departure.watchers == ["killed"])
            #expect(.now < end)
        }
    }

    @Test("a watcher whose session ends meanwhile is not waited for any more")
    func expires() async throws {
        try await TestConsul.run { consul in
            let registration = try await Self.registered(consul)
            Self.putWatcher(consul, "ending")
            let loop = try TestLoops.two.next()
            async let departure = registration.leave(by: .now + .seconds(60), on: loop)
            while !consul.requests.contains(where: { $0.contains("vigie/ack") }) { await Task.yield() }
            consul.state.withLock { $0.endSession("session-of-ending") }
            #expect(await departure.isConfirmed)
        }
    }

    @Test("one that watches its own service does not wait for itself")
    func itself() async throws {
        try await TestConsul.run { consul in
            let registration = try await Self.registered(consul)
            Self.putWatcher(consul, "web-h-1")
            let departure = await registration.leave(by: .now + .seconds(60), on: try TestLoops.two.next())
            #expect(departure.isConfirmed && departure.watchers.isEmpty)
        }
    }

    @Test("confirmations of the leaving before this one don't count")
    func again() async throws {
        try await TestConsul.run { consul in
            let loop = try TestLoops.two.next()
            let first = try await Self.registered(consul)
            _ = await first.leave(by: .now + .seconds(60), on: loop)
            let mark = try #require(consul.state.withLock { $0.keys["vigie/left/web-h-1"]?.session })
            consul.state.withLock { $0.set("vigie/ack/\(mark)/mute", [], session: mark) }
            let second = try await Self.registered(consul)
            #expect(consul.state.withLock { $0.keys["vigie/left/web-h-1"] } == nil)
            Self.putWatcher(consul, "mute")
            let departure = await second.leave(by: .now + .milliseconds(300), on: loop)
            #expect(departure.unconfirmed == ["mute"])
        }
    }

    @Test(
        "a registry that is away, or that forbids the mark, is told in the result and keeps nobody from going"
    )
    func away() async throws {
        try await TestConsul.run { consul in
            let loop = try TestLoops.two.next()
            let registration = try await Self.registered(consul)
            consul.misbehave(with: .internalServerError, "No cluster leader")
            let departure = await registration.leave(by: .now + .milliseconds(300), on: loop)
            #expect(!departure.isConfirmed && departure.failure?.detail == "No cluster leader")

            consul.misbehave(nil)
            let other = try await Self.registered(consul)
            consul.misbehave { head in
                head.path.contains("/session/") ? .answer(HTTPResponse(.forbidden)) : nil
            }
            _ = await other.leave(by: .now + .milliseconds(300), on: loop)
            #expect(consul.state.withLock { $0.registered.isEmpty })
        }
    }

    @Test("a session that was lost is made anew, with its keys")
    func sessionLost() async throws {
        try await TestConsul.run { consul in
            let presence = WatcherPresence(id: "g", address: "h:1", client: try consul.client())
            try await presence.announce("web")
            #expect(consul.state.withLock { $0.keys.isEmpty })
            try await presence.keep()
            let session = try #require(consul.state.withLock { $0.keys["vigie/watch/web/g"]?.session })
            try await presence.keep()
            #expect(consul.state.withLock { $0.sessions.count } == 1)
            consul.state.withLock { $0.endSession(session) }
            try await presence.keep()
            #expect(consul.state.withLock { $0.keys["vigie/watch/web/g"]?.session } != session)
            await presence.withdraw("web")
            #expect(consul.state.withLock { $0.keys.isEmpty })
            await presence.close()
            #expect(consul.state.withLock { $0.sessions.isEmpty })
        }
    }

    @Test("a watcher's key that a session of the process before it holds is taken over")
    func takeOver() async throws {
        try await TestConsul.run { consul in
            consul.state.withLock { $0.set("vigie/watch/web/g", [], session: "of-the-last-one") }
            let presence = WatcherPresence(id: "g", address: nil, client: try consul.client())
            try await presence.keep()
            try await presence.announce("web")
            let session = try #require(consul.state.withLock { $0.sessions.first })
            #expect(consul.state.withLock { $0.keys["vigie/watch/web/g"]?.session } == session)
        }
    }

    @Test("a call that has chosen the instance is waited for before it is confirmed, half a second at most")
    func callsInFlight() async throws {
        let instances = BalancedInstances([BalancedInstances.Member]())
        let consumer = BalancerConsumer(
            instances: instances,
            selection: InstanceSelection(),
            loop: try TestLoops.two.next()
        )
        await consumer.take([DiscoveredInstance(id: "a", host: "10.0.0.1", port: 1)])
        let lease = try instances.choose(excluding: [], at: .now)
        let taken = Events<Bool>()
        async let gone: Void = {
            await consumer.take([])
            taken.note(true)
        }()
        while instances.count > 0 { await Task.yield() }
        #expect(taken.all.isEmpty)
        instances.record(.answered(status: 200), of: lease, holdsPlace: false, at: .now)
        await gone
        #expect(instances.departingCalls == 0)
    }
}
