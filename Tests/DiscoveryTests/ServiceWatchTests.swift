import HTTP
import Reactor
import Resilience
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Discovery

@Suite("watches") struct ServiceWatchTests {
    /// Runs a watch of `web` beside `body`.
    private static func watching(
        _ consul: TestConsul,
        presence: WatcherPresence? = nil,
        snapshots: SnapshotStore? = nil,
        hold: Duration = .seconds(10),
        _ body: (NotingConsumer, ServiceWatch) async throws -> Void
    ) async throws {
        let consumer = NotingConsumer()
        var settings = BlockingQuery.Settings()
        settings.wait = .milliseconds(500)
        settings.pause = .milliseconds(4)
        settings.longestPause = .milliseconds(20)
        var book = InstanceBook.Settings()
        book.hold = hold
        let watch = ServiceWatch("web", try consul.client(), consumer, presence, snapshots, settings, book)
        let loop = try TestLoops.two.next()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask(executorPreference: loop) { await watch.run(on: loop) }
            try await body(consumer, watch)
            tasks.cancelAll()
        }
    }

    private static func putThree(_ consul: TestConsul) {
        consul.state.withLock { state in for id in ["a", "b", "c"] { state.put("web", id) } }
    }

    @Test("what changes is handed on at once: an instance more, one less, one that fails")
    func changes() async throws {
        try await TestConsul.run { consul in
            Self.putThree(consul)
            try await Self.watching(consul) { consumer, watch in
                #expect(await consumer.sets.next() == "a b c")
                consul.state.withLock { $0.put("web", "d") }
                #expect(await consumer.sets.next() == "a b c d")
                consul.state.withLock { $0.remove("web", "a") }
                #expect(await consumer.sets.next() == "b c d")
                consul.state.withLock { $0.put("web", "b", status: "critical") }
                #expect(await consumer.sets.next() == "b- c d")
                #expect(watch.instances.count == 3)
                #expect(consul.requests.allSatisfy { !$0.contains("passing") })
            }
        }
    }

    static let faults: [(String, TestConsul.Fault)] = [
        ("500", .answer(HTTPResponse(.internalServerError, body: HTTPBody("No cluster leader")))),
        ("429", .answer(HTTPResponse(429))),
        ("403", .answer(HTTPResponse(.forbidden))),
        ("cut", .cut),
        ("not JSON", .answer(HTTPResponse(.ok, fields: ["x-consul-index": "9"], body: HTTPBody("<html>")))),
        ("nothing", .answer(HTTPResponse(.ok))),
    ]

    @Test("while the registry fails the last known set serves on, and its age grows", arguments: faults)
    func away(name: String, fault: TestConsul.Fault) async throws {
        try await TestConsul.run { consul in
            Self.putThree(consul)
            try await Self.watching(consul) { consumer, watch in
                #expect(await consumer.sets.next() == "a b c")
                let confirmed = try #require(watch.age())
                let before = consul.requests.count
                consul.misbehave { _ in fault }
                // Ends the question that may be waiting already.
                consul.state.withLock { $0.put("web", "d") }
                while consul.requests.count < before + 6 { await Task.yield() }
                #expect(watch.instances.count >= 3)
                #expect(confirmed < .seconds(60))
                consul.misbehave(nil)
                consul.state.withLock { $0.put("web", "e") }
                #expect(await consumer.sets.wait(for: "a b c d e"))
            }
        }
    }

    @Test("an answer without instances is held; when it stays so, it is taken")
    func vanish() async throws {
        try await TestConsul.run { consul in
            Self.putThree(consul)
            try await Self.watching(consul, hold: .milliseconds(200)) { consumer, _ in
                #expect(await consumer.sets.next() == "a b c")
                consul.state.withLock { state in for id in ["a", "b", "c"] { state.remove("web", id) } }
                #expect(await consumer.sets.wait(for: ""))
                // Those of the steps in between that were seen one by one are believed; the last one was held.
                let seen = consumer.sets.all
                #expect(seen.count >= 3 && seen[seen.count - 2] != "", "\(seen)")
            }
        }
    }

    @Test("a registry that lost everything is not believed, and what comes back joins")
    func restartedEmpty() async throws {
        try await TestConsul.run { consul in
            Self.putThree(consul)
            try await Self.watching(consul) { consumer, _ in
                #expect(await consumer.sets.next() == "a b c")
                consul.misbehave(with: .serviceUnavailable)
                consul.state.withLock { state in
                    state.put("web", "c")
                    state.forget()
                }
                consul.misbehave(nil)
                consul.state.withLock { $0.put("web", "d") }
                #expect(await consumer.sets.wait(for: "a b c d"))
                consul.state.withLock { state in for id in ["a", "b", "c"] { state.put("web", id) } }
                #expect(await consumer.sets.wait(for: "a b c d"))
                #expect(!consumer.sets.all.contains { !$0.contains("a b c") })
            }
        }
    }

    @Test("all that said so before go at once")
    func left() async throws {
        try await TestConsul.run { consul in
            Self.putThree(consul)
            try await Self.watching(consul, hold: .seconds(3600)) { consumer, _ in
                #expect(await consumer.sets.next() == "a b c")
                consul.state.withLock { state in
                    for id in ["a", "b", "c"] { state.set("vigie/left/\(id)", [], session: "s") }
                    for id in ["a", "b", "c"] { state.remove("web", id) }
                }
                #expect(await consumer.sets.wait(for: ""))
            }
        }
    }

    @Test(
        "a watch that begins while the registry is away serves from the snapshot, which tells how old it is"
    )
    func snapshot() async throws {
        try await TestConsul.run { consul in
            Self.putThree(consul)
            let folder = try TemporaryFolder()
            let store = SnapshotStore(folder: folder.path, pool: try TestLoops.two.blocking)
            try await Self.watching(consul, snapshots: store) { consumer, _ in
                #expect(await consumer.sets.next() == "a b c")
                while try await store.load("web") == nil { await Task.yield() }
            }
            let written = try #require(try await store.load("web"))
            let older = Snapshot(
                service: "web",
                confirmed: written.confirmed - 3_600_000,
                instances: written.instances
            )
            try await store.save(older)
            consul.misbehave(with: .internalServerError)
            try await Self.watching(consul, snapshots: store) { consumer, watch in
                #expect(await consumer.sets.next() == "a b c")
                let age = try #require(watch.age())
                #expect(age >= .seconds(3600))
            }
            let old = Snapshot(
                service: "web",
                confirmed: written.confirmed - 86_400_000,
                instances: written.instances
            )
            try await store.save(old)
            let asked = consul.requests.count
            try await Self.watching(consul, snapshots: store) { consumer, watch in
                while consul.requests.count < asked + 2 { await Task.yield() }
                #expect(consumer.sets.all.isEmpty && watch.age() == nil)
            }
        }
    }

    @Test("a directory keeps balancers up to date, two of one service too, and shows what it knows")
    func directory() async throws {
        try await TestConsul.run { consul in
            let loops = try TestLoops.two
            let registry = MetricRegistry(loops: loops.loops)
            consul.state.withLock {
                $0.put("web", "a", tags: ["new"])
                $0.put("web", "b", status: "critical")
            }
            let directory = ServiceDirectory(
                try consul.client(),
                telemetry: try DiscoveryTelemetry(in: registry),
                on: loops
            )
            let all = directory.instances(of: "web")
            let new = directory.instances(of: "web", selection: InstanceSelection(tags: ["new"]))
            await withTaskGroup { tasks in
                tasks.addTask { await directory.run() }
                while all.count < 2 || new.count < 1 { await Task.yield() }
                consul.state.withLock { $0.put("web", "c") }
                while all.count < 3 { await Task.yield() }
                #expect(new.count == 1)
                let late = NotingConsumer()
                let watch = directory.watch("web", late)
                #expect(await late.sets.next() == "a b- c")
                let figures = registry.snapshot()
                let counts = figures.first { $0.name == "discovery_instances" }
                #expect(counts?.value("web", "passing") == .number(2))
                #expect(counts?.value("web", "critical") == .number(1))
                #expect(counts?.value("web", "maintenance") == .number(0))
                #expect(figures.first { $0.name == "discovery_snapshot_age_seconds" }?.series.count == 1)
                tasks.cancelAll()
                _ = watch
            }
            #expect(consul.requests.count { $0 == "GET /v1/health/service/web" } == 1)
        }
    }
}
