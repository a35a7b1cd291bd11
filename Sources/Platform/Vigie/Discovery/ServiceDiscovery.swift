import Configuration
package import Discovery
import Reactor
import Resilience
import Synchronization
import Telemetry

/// A service's part in discovery: by it others are found, and by it the service is (ADR 0017).
package final class ServiceDiscovery: Sendable {
    /// Where other services are.
    package let directory: ServiceDirectory
    private let identity: ServiceIdentity
    private let options: DiscoveryOptions
    package let client: ConsulClient
    private let closeTransport: @Sendable () async -> Void
    private let presence: WatcherPresence
    private let telemetry: DiscoveryTelemetry
    private let group: EventLoopGroup

    private enum Phase {
        case new
        case registering([Registration])
        case leaving
    }
    private let phase = Mutex(Phase.new)

    /// How long leaving waits for the confirmations of all callers.
    static let leaveTime = Duration.seconds(5)
    /// How long a start waits for the instances that the service calls, and for what it reads in the registry beside them.
    static let settleTime = Duration.seconds(3)

    /// Makes what the configuration asks for; nil where it names no registry.
    ///
    /// - Throws: `WebClientError` for files that can't be used; `MetricError`.
    static func configured(
        _ identity: ServiceIdentity,
        _ configuration: LoadedConfiguration,
        _ metrics: MetricRegistry,
        on group: EventLoopGroup
    ) async throws -> ServiceDiscovery? {
        let consul = configuration[ConsulSettings.self]
        guard consul.address != nil else { return nil }
        let options = configuration[DiscoveryOptions.self]
        let store = await snapshots(options, consul.endpoint, group)
        return try ServiceDiscovery(identity, options, consul, store, metrics, on: group)
    }

    private init(
        _ identity: ServiceIdentity,
        _ options: DiscoveryOptions,
        _ consul: ConsulSettings,
        _ snapshots: SnapshotStore?,
        _ metrics: MetricRegistry,
        on group: EventLoopGroup
    ) throws {
        let transport = try RegistryTransport(consul, on: group)
        closeTransport = transport.close
        (self.identity, self.options, self.group) = (identity, options, group)
        client = ConsulClient(consul, over: transport.transport)
        presence = WatcherPresence(id: identity.instance, address: nil, client: client)
        telemetry = try DiscoveryTelemetry(in: metrics)
        directory = ServiceDirectory(
            client,
            presence: presence,
            snapshots: snapshots,
            telemetry: telemetry,
            on: group
        )
    }

    /// A folder that can't be used costs no more than the memory over restarts.
    private static func snapshots(
        _ options: DiscoveryOptions,
        _ registry: ConsulAddress,
        _ group: EventLoopGroup
    ) async -> SnapshotStore? {
        do {
            let folder = try await group.blocking.run {
                try SnapshotFolder.make(options.snapshots, registry: registry)
            }
            return folder.map { SnapshotStore(folder: $0, pool: group.blocking) }
        } catch {
            Context.current.logger.warning("no snapshots are kept", ["error": "\(error)"])
            return nil
        }
    }

    /// Instances of a service that follow the registry.
    func instances(
        of service: ServiceName,
        _ selection: InstanceSelection,
        _ balancing: BalancedInstances.Settings
    ) -> BalancedInstances {
        var balancing = balancing
        balancing.zone = balancing.zone ?? options.zone
        return directory.instances(of: service.name, selection: selection, balancing: balancing)
    }

    /// Waits until the instances that the service calls are known, or as good as that gets.
    func settle() async { await directory.settle(by: .now + Self.settleTime, on: group.next()) }

    /// Registers the service, which serves at `address` now, and sees to it that it stays registered, until the task is
    /// cancelled or the service leaves.
    ///
    /// - Parameters:
    ///   - address: where it listens.
    ///   - aliases: the further names that it is registered under.
    ///   - routes: a hash of what it answers.
    ///   - published: what it asks the gateway for; nil for nothing.
    ///   - loop: whose timers wait.
    func register(
        _ address: SocketAddress,
        alsoAs aliases: [ServiceName],
        routes: String,
        publishing published: RouteDocument?,
        on loop: EventLoop
    ) async {
        guard let port = address.port else {
            return Context.current.logger.warning(
                "not registered: nobody else can reach a Unix socket",
                ["address": "\(address)"]
            )
        }
        guard let host = await host(address, loop) else { return }
        await presence.listens(at: host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)")
        var instance = InstanceDescription(
            id: identity.instance,
            service: identity.name.name,
            host: host,
            port: port
        )
        instance.version = identity.version
        instance.zone = options.zone ?? ""
        instance.tags = options.tags
        instance.weight = UInt16(options.weight)
        instance.meta = ["routes": routes]
        instance.routes = published
        let instances = [instance] + aliases.map { self.instance($0, like: instance) }
        let registrations = instances.map { Registration($0, client: client, telemetry: telemetry) }
        let mayRegister = phase.withLock { phase in
            guard case .new = phase else { return false }
            phase = .registering(registrations)
            return true
        }
        guard mayRegister else { return }
        await withDiscardingTaskGroup { tasks in
            for registration in registrations {
                tasks.addTask(executorPreference: loop) { await registration.run(on: loop) }
            }
        }
    }

    /// The same process under another name. Its meta says whose alias it is, so that it is scraped once; the gateway is
    /// asked for routes under the first name alone.
    private func instance(_ alias: ServiceName, like first: InstanceDescription) -> InstanceDescription {
        var instance = first
        instance.id = identity.instance(of: alias)
        instance.service = alias.name
        instance.meta[DiscoveryKeys.aliasOf] = identity.name.name
        instance.routes = nil
        return instance
    }

    /// The host to be called at: tried until it is known, since a resolver that is away must not stop a service.
    private func host(_ address: SocketAddress, _ loop: EventLoop) async -> String? {
        // Where one address alone is listened at, no other would do.
        let configured = options.address ?? (address.isUnspecified ? nil : address.host)
        var wait = Duration.milliseconds(250)
        while !Task.isCancelled {
            do throws(RegistrationError) {
                return try await AdvertisedAddress.host(
                    configured: configured,
                    registry: client.address,
                    on: group
                )
            } catch {
                Context.current.logger.warning("not registered yet", ["error": "\(error)"])
            }
            try? await loop.sleep(for: wait)
            wait = min(wait * 2, .seconds(10))
        }
        return nil
    }

    /// Gives the registrations up, all at once, and waits until all callers have confirmed it; the service must serve on
    /// meanwhile.
    func leave() async {
        let before = phase.withLock { phase in
            defer { phase = .leaving }
            return phase
        }
        guard case .registering(let registrations) = before else { return }
        let (end, loop) = (MonotonicInstant.now + Self.leaveTime, group.next())
        await withDiscardingTaskGroup { tasks in
            for registration in registrations {
                tasks.addTask(executorPreference: loop) { _ = await registration.leave(by: end, on: loop) }
            }
        }
    }

    /// Says that this process makes no calls any more.
    func close() async {
        await presence.close()
        await closeTransport()
    }
}

extension SocketAddress {
    /// Whether it means all interfaces.
    fileprivate var isUnspecified: Bool {
        switch self {
        case .ipv4(let address, _): address == 0
        case .ipv6(let address, _, _): address == 0
        case .unix: false
        }
    }
}
