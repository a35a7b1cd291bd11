public import Reactor
import Synchronization
import Telemetry

/// Follows the instances of one service and hands them to a consumer: from a snapshot at first, then from the registry, and
/// from memory while that is away.
public final class ServiceWatch: Sendable {
    /// The service.
    public let service: String
    private let client: ConsulClient
    private let consumer: any InstanceConsumer
    private let presence: WatcherPresence?
    private let snapshots: SnapshotStore?
    private let settings: BlockingQuery.Settings
    private struct State {
        var book: InstanceBook
        var saved: (instances: [DiscoveredInstance], at: MonotonicInstant)?
        var isAway = false
        var isSettled = false
    }
    private let state: Mutex<State>

    /// Makes a watch; nothing happens before ``run(on:)``.
    ///
    /// - Parameters:
    ///   - service: whose instances.
    ///   - client: the registry.
    ///   - consumer: who takes the instances.
    ///   - presence: by which departures are confirmed; nil: nobody waits for this watch.
    ///   - snapshots: where the last known set is kept over restarts; nil: nowhere.
    ///   - settings: how the registry is asked.
    public convenience init(
        _ service: String,
        client: ConsulClient,
        consumer: any InstanceConsumer,
        presence: WatcherPresence? = nil,
        snapshots: SnapshotStore? = nil,
        settings: BlockingQuery.Settings = BlockingQuery.Settings()
    ) {
        self.init(service, client, consumer, presence, snapshots, settings, InstanceBook.Settings())
    }

    init(
        _ service: String,
        _ client: ConsulClient,
        _ consumer: any InstanceConsumer,
        _ presence: WatcherPresence?,
        _ snapshots: SnapshotStore?,
        _ settings: BlockingQuery.Settings,
        _ book: InstanceBook.Settings
    ) {
        self.service = service
        self.client = client
        self.consumer = consumer
        self.presence = presence
        self.snapshots = snapshots
        self.settings = settings
        state = Mutex(State(book: InstanceBook(book)))
    }

    /// The instances that are known now, also those that don't pass.
    public var instances: [DiscoveredInstance] { state.withLock { $0.book.known } }

    /// Whether the consumer has been handed instances once, or there is nobody who could name any: waiting for more is no
    /// use to who starts.
    public var isSettled: Bool { state.withLock { $0.isSettled } }

    /// How long ago the registry last confirmed them; nil when it never did.
    public func age(at now: MonotonicInstant = .now) -> Duration? { state.withLock { $0.book.age(at: now) } }

    /// Watches until the task is cancelled.
    public func run(on loop: EventLoop) async {
        await restore()
        do throws(ConsulError) {
            try await presence?.announce(service)
        } catch {
            // The presence's own task repeats it; until then nobody waits for this process.
            log(error)
        }
        await QueryRunner(loop: loop, settings: settings).run(
            waitingAtMost: { state.withLock { $0.book.longestWait(at: .now) } },
            ask: { (poll) async throws(ConsulError) in try await client.healthService(service, poll) },
            answer: { (entries, isReset) async throws(ConsulError) in try await take(entries, isReset) },
            failure: { await fail($0) }
        )
    }

    /// Hands what is known to one who came later. When something changes meanwhile, it is handed on again.
    func greet(_ consumer: any InstanceConsumer) async {
        var handed: [DiscoveredInstance] = []
        while case let known = instances, known != handed {
            await consumer.take(known)
            handed = known
        }
    }

    // MARK: Steps

    private func restore() async {
        guard let snapshots else { return }
        do {
            guard let snapshot = try await snapshots.load(service) else { return }
            let age = Duration.milliseconds(max(0, WallClock.now.milliseconds - snapshot.confirmed))
            let known = state.withLock { state in
                state.book.restore(snapshot.instances, age: age, at: .now)
                return state.book.known
            }
            guard !known.isEmpty else { return }
            await consumer.take(known)
            state.withLock { $0.isSettled = true }
        } catch {
            Context.current.logger.warning(
                "snapshot not taken",
                ["peer": .string(service), "error": "\(error)"]
            )
        }
    }

    private func take(_ entries: [ServiceEntry], _ isReset: Bool) async throws(ConsulError) {
        let found = entries.compactMap { DiscoveredInstance($0) }
        let missing = state.withLock { $0.book.missing(in: found) }
        let marks = await marks(of: missing)
        let left = Set(marks.map(\.instance))
        let (gone, known, wasAway) = state.withLock { state in
            let gone = state.book.take(found, left: left, isReset: isReset, at: .now)
            defer { state.isAway = false }
            return (Set(gone.map(\.id)), state.book.known, state.isAway)
        }
        if wasAway { Context.current.logger.info("registry is back", ["peer": .string(service)]) }
        await consumer.take(known)
        state.withLock { $0.isSettled = true }
        await confirm(marks.filter { gone.contains($0.instance) })
        await save(known)
    }

    /// Who can't be asked about has not left by itself.
    private func marks(of missing: [DiscoveredInstance]) async -> [LeftMark] {
        do throws(ConsulError) {
            return try await client.leftMarks(of: missing)
        } catch {
            log(error)
            return []
        }
    }

    private func confirm(_ marks: [LeftMark]) async {
        guard let presence else { return }
        for mark in marks {
            do throws(ConsulError) {
                try await presence.confirm(mark)
            } catch {
                log(error)
            }
        }
    }

    private func fail(_ error: ConsulError) async {
        log(error)
        let (isNew, isExpired) = state.withLock { state in
            defer { (state.isAway, state.isSettled) = (true, true) }
            return (!state.isAway, state.book.expire(at: .now))
        }
        if isNew {
            Context.current.logger.warning(
                "registry is away; the last known instances serve on",
                ["peer": .string(service), "error": "\(error)"]
            )
        }
        if isExpired { await consumer.take([]) }
    }

    /// Writes the set down when it has changed, and once a minute so that its age is right behind a restart.
    private func save(_ known: [DiscoveredInstance]) async {
        guard let snapshots else { return }
        let now = MonotonicInstant.now
        let isDue = state.withLock { state in
            if let saved = state.saved, saved.instances == known, now - saved.at < settings.resync {
                return false
            }
            state.saved = (known, now)
            return true
        }
        guard isDue else { return }
        let snapshot = Snapshot(service: service, confirmed: WallClock.now.milliseconds, instances: known)
        do {
            try await snapshots.save(snapshot)
        } catch {
            Context.current.logger.warning(
                "snapshot not written",
                ["peer": .string(service), "error": "\(error)"]
            )
        }
    }

    private func log(_ error: ConsulError) {
        Context.current.logger.debug("discovery", ["peer": .string(service), "error": "\(error)"])
    }
}
