import Glibc
import HTTP
import Reactor
import Synchronization
import TestSupport
import Testing
import Vigie
import VigieTesting

/// One process that answers for two services.
private struct Twofold: Service {
    static let name: ServiceName = "first"
    static let aliases: [ServiceName] = ["second"]

    init(_ setup: ServiceSetup) async throws {}

    var routes: some Routes {
        Get("/who", auth: .open) { _ in "both" }
    }
}

@Suite("a service under further names", .timeLimit(.minutes(2))) struct AliasTests {
    private static func run(
        _ stage: Stage,
        _ body: @escaping @Sendable (TestService, UInt16) async throws -> Void
    ) async throws {
        let settings = ["consul.address": "127.0.0.1:\(stage.port)", "discovery.snapshots": ""]
        try await TestService.run(Twofold.self, settings: settings) { service in
            let port = try #require(service.address.port)
            for name in ["first", "second"] {
                try await eventually("\(name) in the registry") { try await stage.passing(name) == [port] }
            }
            try await body(service, port)
        }
    }

    @Test("each name has a registration of its own, at the same address; the further one says whose it is")
    func registered() async throws {
        try await Stage.run { stage in
            try await Self.run(stage) { _, port in
                for (name, alias) in [("first", nil), ("second", "first")] {
                    let row = try #require(try await stage.rows(name).first?["Service"])
                    #expect(row["ID"]?.string == "\(name)-test")
                    #expect(row["Port"]?.integer == Int64(port))
                    #expect(row["Meta"]?["alias_of"]?.string == alias)
                }
            }
        }
    }

    @Test("a registry that lost them is told both again")
    func again() async throws {
        try await Stage.run { stage in
            try await Self.run(stage) { _, port in
                await stage.signalRegistry(SIGKILL)
                try await stage.startRegistry()
                for name in ["first", "second"] {
                    try await eventually("\(name) again") { try await stage.passing(name) == [port] }
                }
            }
        }
    }

    @Test("one that stops leaves under both names at once, confirmed by callers of either")
    func leaves() async throws {
        try await Stage.run { stage in
            let box = Mutexed<[ServiceClient]>([])
            let log = Mutexed<InMemoryLogSink?>(nil)
            let settings = ["consul.address": "127.0.0.1:\(stage.port)", "discovery.snapshots": ""]
            try await BothCaller.$box.withValue(box) {
                try await TestService.run(BothCaller.self, settings: settings) { _ in
                    try await Self.run(stage) { service, _ in
                        log.value.withLock { $0 = service.log }
                        for client in box.value.withLock({ $0 }) {
                            try await eventually("a call") {
                                (try? await client.get("/who").head.status) == .ok
                            }
                        }
                    }
                    for name in ["first", "second"] { #expect(try await stage.rows(name).isEmpty) }
                }
            }
            let lines = log.value.withLock { $0?.lines ?? [] }
            let departures = lines.filter { $0.contains("deregistered, confirmed by all") }
            #expect(departures.count == 2, "\(lines)")
            #expect(departures.allSatisfy { $0.contains(#""watchers":1,"unconfirmed":0"#) }, "\(departures)")
        }
    }
}

/// Calls the process by both of its names.
private struct BothCaller: Service {
    static let name: ServiceName = "caller"
    @TaskLocal static var box: Mutexed<[ServiceClient]>?

    init(_ setup: ServiceSetup) async throws {
        let clients = [try setup.client("first"), try setup.client("second")]
        Self.box?.value.withLock { $0 = clients }
    }

    var routes: some Routes {
        Get("/caller", auth: .open) { _ in "caller" }
    }
}
