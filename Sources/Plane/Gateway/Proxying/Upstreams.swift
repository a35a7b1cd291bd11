import Configuration
import Discovery
import Reactor
import Resilience
import Routing
import Synchronization
import Vigie

/// Clients of the services that routes name, one for each service and selection of its instances.
///
/// Made when a route first needs them, and kept when routes change, so that their breakers, budgets and connections are not
/// lost; those that no route needs any more go when they are many.
final class Upstreams: Sendable {
    /// Which instances of a service.
    private struct Key: Hashable {
        let service: ServiceName
        let selection: InstanceSelection
    }

    /// A client, and the stream at whose end its work beside the calls ends.
    private struct Entry: Sendable {
        let client: ServiceClient
        let stop: AsyncStream<Void>.Continuation
    }

    private let setup: ServiceSetup
    private let clients: Mutex<[Key: Entry]> = Mutex([:])
    private let begun: AsyncStream<(ServiceClient, until: AsyncStream<Void>)>
    private let begin: AsyncStream<(ServiceClient, until: AsyncStream<Void>)>.Continuation

    /// How many services, with their selections, there may be.
    static let limit = 1_000
    /// How many are kept that no route needs.
    private static let spareLimit = 64

    init(_ setup: ServiceSetup) {
        self.setup = setup
        (begun, begin) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.limit))
    }

    /// The client for a route's target.
    ///
    /// - Throws: ``StartError`` where nobody says where the service is, and for one service too many.
    func client(for target: ServiceTarget) throws(StartError) -> ServiceClient {
        let key = Self.key(of: target)
        return try clients.withLock { (clients) throws(StartError) in
            if let known = clients[key] { return known.client }
            guard clients.count < Self.limit else {
                throw StartError("routes name more than \(Self.limit) services and selections")
            }
            let client = try make(key)
            let (stopped, stop) = AsyncStream.makeStream(of: Void.self)
            clients[key] = Entry(client: client, stop: stop)
            begin.yield((client, until: stopped))
            return client
        }
    }

    /// Lets go of clients that none of these routes needs, when there are many of them. Who has one still may use it.
    func keep(_ routes: [GatewayRoute]) {
        clients.withLock { clients in
            guard clients.count > Self.spareLimit else { return }
            let needed = Set(
                routes.compactMap { route in
                    if case .service(let target) = route.declaration.target {
                        Self.key(of: target)
                    } else {
                        nil
                    }
                }
            )
            let spare = clients.keys.filter { !needed.contains($0) }
            guard spare.count > Self.spareLimit else { return }
            for key in spare { clients.removeValue(forKey: key)?.stop.finish() }
        }
    }

    private static func key(of target: ServiceTarget) -> Key {
        Key(
            service: target.service,
            selection: InstanceSelection(tags: target.tags, canaryShare: target.canaryShare)
        )
    }

    /// Does what the clients need beside their calls, until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { tasks in
            for await (client, stopped) in begun {
                let loop = setup.group.next()
                tasks.addTask(executorPreference: loop) {
                    await withDiscardingTaskGroup { work in
                        work.addTask(executorPreference: loop) { await client.run() }
                        for await _ in stopped {}
                        work.cancelAll()
                    }
                }
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
