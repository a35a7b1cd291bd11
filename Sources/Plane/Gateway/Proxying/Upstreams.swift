import Configuration
import Discovery
import Reactor
import Resilience
import Routing
import Synchronization
import Vigie

/// Clients of the services that routes name, one for each service and selection of its instances.
///
/// Made when a route first needs them, kept for as long as the process runs: their breakers, budgets and connections are not
/// lost when the routes change.
final class Upstreams: Sendable {
    /// Which instances of a service.
    private struct Key: Hashable {
        let service: ServiceName
        let selection: InstanceSelection
    }

    private let setup: ServiceSetup
    private let clients: Mutex<[Key: ServiceClient]> = Mutex([:])
    private let begun: AsyncStream<ServiceClient>
    private let begin: AsyncStream<ServiceClient>.Continuation

    /// How many services, with their selections, there may be.
    static let limit = 1_000

    init(_ setup: ServiceSetup) {
        self.setup = setup
        (begun, begin) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.limit))
    }

    /// The client for a route's target.
    ///
    /// - Throws: ``StartError`` where nobody says where the service is, and for one service too many.
    func client(for target: ServiceTarget) throws(StartError) -> ServiceClient {
        let selection = InstanceSelection(tags: target.tags, canaryShare: target.canaryShare)
        let key = Key(service: target.service, selection: selection)
        return try clients.withLock { (clients) throws(StartError) in
            if let client = clients[key] { return client }
            guard clients.count < Self.limit else {
                throw StartError("routes name more than \(Self.limit) services and selections")
            }
            let client = try make(key)
            clients[key] = client
            begin.yield(client)
            return client
        }
    }

    /// Does what the clients need beside their calls, until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { tasks in
            for await client in begun {
                let loop = setup.group.next()
                tasks.addTask(executorPreference: loop) { await client.run() }
            }
            tasks.cancelAll()
        }
    }

    private func make(_ key: Key) throws(StartError) -> ServiceClient {
        var settings = CallSettings()
        // Each route has its own time; see `UpstreamRoute`.
        settings.total = .seconds(366 * 86_400)
        settings.limit = .none
        return ServiceClient(
            key.service.name,
            instances: try setup.instances(of: key.service, key.selection, BalancedInstances.Settings()),
            transport: setup.http,
            telemetry: setup.outgoing,
            on: setup.group,
            settings: settings
        )
    }
}
