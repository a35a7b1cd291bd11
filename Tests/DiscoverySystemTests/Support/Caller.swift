import Synchronization
import Vigie
import VigieTesting

/// A service that calls `drill` by its name; the tests call with its client.
struct Caller: Service {
    static let name: ServiceName = "caller"

    /// Where a caller that starts leaves its client.
    @TaskLocal static var box: Mutexed<ServiceClient?>?

    init(_ setup: ServiceSetup) async throws {
        var balancing = BalancedInstances.Settings()
        balancing.ejection.time = .seconds(2)
        balancing.probeInterval = .milliseconds(100)
        let client = try setup.client("drill", balancing: balancing)
        Self.box?.value.withLock { $0 = client }
    }

    var routes: some Routes {
        Get("/caller", auth: .open) { _ in "caller" }
    }

    /// Runs a caller in this process.
    static func run(
        _ stage: Stage,
        snapshots: String = "",
        settings more: [String: String] = [:],
        _ body: @escaping @Sendable (TestService, ServiceClient) async throws -> Void
    ) async throws {
        let box = Mutexed<ServiceClient?>(nil)
        let settings = ["consul.address": "127.0.0.1:\(stage.port)", "discovery.snapshots": snapshots]
            .merging(
                more
            ) { $1 }
        try await $box.withValue(box) {
            try await TestService.run(Caller.self, settings: settings) { caller in
                guard let client = box.value.withLock({ $0 }) else { throw StartError("no client") }
                try await body(caller, client)
            }
        }
    }
}

/// A value that several tasks use.
final class Mutexed<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }
}

extension TestService {
    /// The calls that have ended, with the port they went to.
    func calls(to port: UInt16) -> [SpanData] {
        spans.spans.filter { $0.kind == .client && $0.attributes[.serverPort] == .int(Int(port)) }
    }
}
