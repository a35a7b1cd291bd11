public import Reactor
public import Resilience
import Synchronization
import Telemetry

/// Where other services are: one watch for each, and one session that tells them of this process.
///
///     let directory = ServiceDirectory(client, presence: presence, snapshots: store, telemetry: telemetry, on: group)
///     let payments = ServiceClient("payment", instances: directory.instances(of: "payment"), …)
///     group.addTask { await directory.run() }
public final class ServiceDirectory: Sendable {
    private let client: ConsulClient
    private let presence: WatcherPresence?
    private let snapshots: SnapshotStore?
    private let telemetry: DiscoveryTelemetry?
    private let group: EventLoopGroup
    private let settings: BlockingQuery.Settings
    /// What is to be done by ``run()``.
    private enum Work: Sendable {
        case follow(ServiceWatch)
        case greet(any InstanceConsumer, ServiceWatch)
    }
    private let works: AsyncStream<Work>
    private let work: AsyncStream<Work>.Continuation
    private let watches: Mutex<[String: (watch: ServiceWatch, consumers: ConsumerList)]> = Mutex([:])

    /// How much may wait for ``run()``; what is beyond is not begun.
    private static let workLimit = 10_000

    /// Makes a directory; its parts may be left out, see ``ServiceWatch``.
    public init(
        _ client: ConsulClient,
        presence: WatcherPresence? = nil,
        snapshots: SnapshotStore? = nil,
        telemetry: DiscoveryTelemetry? = nil,
        on group: EventLoopGroup,
        settings: BlockingQuery.Settings = BlockingQuery.Settings()
    ) {
        self.client = client
        self.presence = presence
        self.snapshots = snapshots
        self.telemetry = telemetry
        self.group = group
        self.settings = settings
        (works, work) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.workLimit))
    }

    /// Instances of a service that follow the registry while ``run()`` runs. Empty at first: calls are refused with 503
    /// until the first answer, or the snapshot.
    public func instances(
        of service: String,
        selection: InstanceSelection = InstanceSelection(),
        balancing: BalancedInstances.Settings = BalancedInstances.Settings()
    ) -> BalancedInstances {
        let instances = BalancedInstances([BalancedInstances.Member](), settings: balancing)
        let consumer = BalancerConsumer(instances: instances, selection: selection, loop: group.next())
        _ = watch(service, consumer)
        return instances
    }

    /// Hands the instances of a service to `consumer` while ``run()`` runs; departures are confirmed when it, and all
    /// others of this service, have taken them.
    public func watch(_ service: String, _ consumer: any InstanceConsumer) -> ServiceWatch {
        watches.withLock { watches in
            if let (watch, consumers) = watches[service] {
                consumers.add(consumer)
                work.yield(.greet(consumer, watch))
                return watch
            }
            let consumers = ConsumerList(consumer)
            let watch = ServiceWatch(
                service,
                client: client,
                consumer: consumers,
                presence: presence,
                snapshots: snapshots,
                settings: settings
            )
            watches[service] = (watch, consumers)
            telemetry?.show(watch)
            work.yield(.follow(watch))
            return watch
        }
    }

    /// Waits until every watch has its first instances, from the registry or the snapshot, or has found the registry away;
    /// at most until `deadline`. For who wants to make calls as soon as it serves, while ``run()`` runs.
    public func settle(by deadline: MonotonicInstant, on loop: EventLoop) async {
        await loop.wait(by: deadline) { watches.withLock { $0.values.allSatisfy { $0.watch.isSettled } } }
    }

    /// Keeps all watches and the session, until the task is cancelled. Once.
    public func run() async {
        // Before the first question, so that whoever leaves behind that knows of us. A registry that does not answer must
        // not keep the snapshots waiting.
        let context = Context.current.with(deadline: .now + .seconds(1))
        await Context.with(context) { _ = try? await presence?.keep() }
        await withDiscardingTaskGroup { tasks in
            if let presence {
                let loop = group.next()
                tasks.addTask(executorPreference: loop) { await presence.run(on: loop) }
            }
            for await work in works {
                let loop = group.next()
                tasks.addTask(executorPreference: loop) {
                    switch work {
                    case .follow(let watch): await watch.run(on: loop)
                    case .greet(let consumer, let watch): await watch.greet(consumer)
                    }
                }
            }
            tasks.cancelAll()
        }
    }
}

/// All who use one watch.
private final class ConsumerList: InstanceConsumer {
    private let consumers: Mutex<[any InstanceConsumer]>

    init(_ first: any InstanceConsumer) { consumers = Mutex([first]) }

    func add(_ consumer: any InstanceConsumer) {
        consumers.withLock { consumers in
            consumers.removeAll { $0.isGone }
            consumers.append(consumer)
        }
    }

    func take(_ instances: [DiscoveredInstance]) async {
        let consumers = consumers.withLock { consumers in
            consumers.removeAll { $0.isGone }
            return consumers
        }
        await withDiscardingTaskGroup { tasks in
            for consumer in consumers { tasks.addTask { await consumer.take(instances) } }
        }
    }
}
