import HTTP
import Reactor
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Discovery

@Suite("registration") struct RegistrationTests {
    private static let instance = InstanceDescription(
        id: "web-h-1",
        service: "web",
        host: "127.0.0.1",
        port: 81
    )

    @Test("registered as it is, once; told again when the agent lost it or knows something else")
    func verify() async throws {
        try await TestConsul.run { consul in
            let registration = Registration(Self.instance, client: try consul.client())
            let writes = { consul.requests.count { $0.contains("/service/register") } }
            #expect(!registration.isRegistered)
            #expect(try await registration.verify())
            #expect(registration.isRegistered && writes() == 1)
            #expect(try await registration.verify())
            #expect(writes() == 1)
            consul.state.withLock { $0.forget() }
            #expect(try await registration.verify())
            #expect(writes() == 2)
            #expect(consul.state.withLock { $0.registered["web-h-1"] } != nil)
            var other = Self.instance
            other.tags = ["other"]
            try await consul.client().register(other.definition)
            #expect(try await registration.verify())
            #expect(writes() == 4)
        }
    }

    @Test("routes that the registry has lost are published again within a minute")
    func publishesAgain() async throws {
        try await TestConsul.run { consul in
            var instance = Self.instance
            instance.routes = RouteDocument(hash: "abc", bytes: Array("{}".utf8))
            let registration = Registration(instance, client: try consul.client())
            let writes = { consul.requests.count { $0.hasPrefix("PUT /v1/kv/vigie/routes/web/abc") } }
            #expect(try await registration.verify())
            #expect(writes() == 1)
            for _ in 0..<12 { #expect(try await registration.verify()) }
            #expect(writes() == 1, "they are there")
            #expect(try await consul.client().delete(DiscoveryKeys.routes(of: "web", hash: "abc")))
            for _ in 0..<12 { #expect(try await registration.verify()) }
            #expect(writes() == 2)
        }
    }

    @Test("an instance that begins takes the mark of the one before it away")
    func oldMark() async throws {
        try await TestConsul.run { consul in
            consul.state.withLock { $0.set("vigie/left/web-h-1", [], session: "old") }
            _ = try await Registration(Self.instance, client: try consul.client()).verify()
            #expect(consul.state.withLock { $0.keys.isEmpty })
        }
    }

    @Test("a registry that is away at the start is asked until it is there")
    func late() async throws {
        try await TestConsul.run { consul in
            let registration = Registration(Self.instance, client: try consul.client())
            consul.misbehave(with: .internalServerError, "No cluster leader")
            let loop = try TestLoops.two.next()
            await withTaskGroup { tasks in
                tasks.addTask(executorPreference: loop) { await registration.run(on: loop) }
                while consul.requests.count < 3 { await Task.yield() }
                #expect(!registration.isRegistered)
                consul.misbehave(nil)
                while !registration.isRegistered { await Task.yield() }
                tasks.cancelAll()
            }
        }
    }

    @Test("one that leaves is not registered again, and one that never was has nothing to leave")
    func leaving() async throws {
        try await TestConsul.run { consul in
            let loop = try TestLoops.two.next()
            let registration = Registration(Self.instance, client: try consul.client())
            #expect(await registration.leave(by: .now + .seconds(5), on: loop) == Departure())
            #expect(try await !registration.verify())
            #expect(consul.requests.isEmpty)
        }
    }

    @Test("a registration that overtakes its own leaving is taken back")
    func race() async throws {
        try await TestConsul.run { consul in
            let registration = Registration(Self.instance, client: try consul.client())
            let arrived = Latch()
            let passes = Latch()
            consul.misbehave { head in
                guard head.path.hasSuffix("/register") else { return nil }
                arrived.open()
                passes.waitBlocking()
                return nil
            }
            // The server's loops are held up meanwhile: what decides runs elsewhere.
            async let verified = registration.verify()
            await arrived.wait()
            _ = registration.beginLeaving()
            passes.open()
            #expect(try await !verified)
            #expect(consul.state.withLock { $0.registered.isEmpty })
        }
    }

    @Test("the advertised address is this machine's on the way to the registry, and never all of them")
    func address() async throws {
        let loops = try TestLoops.one
        let local = ConsulAddress(HTTPDestination(.loopback(port: 8500)))
        #expect(try await AdvertisedAddress.host(configured: nil, registry: local, on: loops) == "127.0.0.1")
        let six = ConsulAddress("[::1]:8500")
        if let six, (try? SocketAddress.local(toReach: .ipv6(1, port: 1, zone: 0))) != nil {
            #expect(try await AdvertisedAddress.host(configured: nil, registry: six, on: loops) == "::1")
        }
        let socket = try #require(ConsulAddress("unix:///run/c.sock"))
        #expect(try await AdvertisedAddress.host(configured: nil, registry: socket, on: loops) == "127.0.0.1")
        #expect(try await AdvertisedAddress.host(configured: "pod.x", registry: local, on: loops) == "pod.x")
        for bad in ["0.0.0.0", "::", "", "::ffff:0.0.0.0", "unix:/x"] {
            await #expect(throws: RegistrationError.self) {
                try await AdvertisedAddress.host(configured: bad, registry: local, on: loops)
            }
        }
        let unknown = ConsulAddress(HTTPDestination(host: "no-such-host.invalid", port: 8500))
        await #expect(throws: RegistrationError.self) {
            try await AdvertisedAddress.host(configured: nil, registry: unknown, on: loops)
        }
    }
}
