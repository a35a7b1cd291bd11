import Reactor

/// The registry as a machine: commands and the time come in, tables change, and ``takeChange()`` tells what to store and
/// whom to wake. It does no input or output and knows no clock.
struct RegistryState: Sendable {
    /// What is due by itself.
    enum Due: Sendable {
        case ttl(CheckKey, generation: Int)
        case session(String)
        case sweep
    }

    /// How often critical instances are reaped and old marks dropped.
    static let sweepInterval: Int64 = 30_000_000_000
    /// How long removals of keys are remembered: 15 minutes.
    static let tombstoneLifetime: Int64 = 900_000_000_000
    /// How many removals are remembered at most.
    static let tombstoneLimit = 65_536
    static let eventLimit = 256

    private(set) var agent: AgentIdentity
    private(set) var tables: Tables
    private var change = Change()
    var clocks: [CheckKey: CheckClock] = [:]
    var timers = DeadlineQueue<Due>()
    var sessionDeadlines: [String: MonotonicInstant] = [:]
    var lockDelays: [KVKey: MonotonicInstant] = [:]
    /// Removed keys in the order of their going.
    var removals: [(key: KVKey, instant: MonotonicInstant)] = []
    var events: [UserEvent] = []
    var eventTime: UInt64 = 1
    /// Checks that follow other instances.
    var aliases: Set<CheckKey> = []
    var clockCount = 0

    /// Goes on from tables that were kept, empty ones at first. The clocks of checks and sessions start anew.
    init(agent: AgentIdentity, tables: Tables = Tables(), at now: MonotonicInstant) {
        self.agent = agent
        self.tables = tables
        registerAgent()
        for check in tables.checks.values {
            guard let plan = check.plan else { continue }
            startClock(of: check.key, plan, at: now)
        }
        for session in tables.sessions.values { startClock(of: session, at: now) }
        for key in tables.tombstones.keys { removals.append((key, now)) }
        timers.add(.sweep, at: now + Self.sweepInterval)
    }

    /// When ``tick(at:)`` has something to do.
    var nextDue: MonotonicInstant? { timers.next }

    /// Does what is due.
    mutating func tick(at now: MonotonicInstant) {
        while let due = timers.take(due: now) {
            switch due {
            case .ttl(let key, let generation): ttlDue(key, generation, at: now)
            case .session(let id): sessionDue(id, at: now)
            case .sweep:
                sweep(at: now)
                timers.add(.sweep, at: now + Self.sweepInterval)
            }
        }
    }

    // MARK: Writing

    /// The index of the write in progress, or of the one that would begin now.
    var writeIndex: UInt64 { change.mutations.isEmpty ? tables.indexes.all + 1 : tables.indexes.all }

    /// Whether there is something to store since the last call of ``takeChange()``.
    var isChanged: Bool { !change.mutations.isEmpty }

    /// Makes one change. All between two calls of ``takeChange()`` is one write with one index.
    mutating func write(_ mutation: Mutation) {
        if change.mutations.isEmpty { tables.indexes.all += 1 }
        tables.apply(mutation, touching: &change.touched)
        change.mutations.append(mutation)
    }

    /// Tells those who wait for `key`, though no table changed.
    mutating func touch(_ key: WatchKey) { change.touched.insert(key) }

    /// What has changed since the last call; nil for nothing.
    mutating func takeChange() -> Change? {
        if !aliases.isEmpty, !change.mutations.isEmpty { settleAliases() }
        guard !change.mutations.isEmpty || !change.touched.isEmpty else { return nil }
        change.index = tables.indexes.all
        defer { change = Change() }
        return change
    }

    /// A new output of a check whose status stays: it is not stored and wakes nobody.
    mutating func setOutput(_ output: String, of key: CheckKey) { tables.setOutput(output, of: key) }

    mutating func forgetTombstone(_ key: KVKey) { tables.forgetTombstone(key) }

    // MARK: Storing objects with their indexes

    /// Stores an object unless it is there already with the same content.
    mutating func store(_ node: Node) {
        guard let stamped = stamped(node, tables.nodes[node.name]) else { return }
        write(.putNode(stamped))
    }

    mutating func store(_ instance: ServiceInstance) {
        guard let stamped = stamped(instance, tables.services[instance.key]) else { return }
        write(.putService(stamped))
    }

    mutating func store(_ check: HealthCheck) {
        guard let stamped = stamped(check, tables.checks[check.key]) else { return }
        write(.putCheck(stamped))
    }

    mutating func store(_ entry: KVEntry) {
        guard let stamped = stamped(entry, tables.kv[entry.key]) else { return }
        write(.putKV(stamped))
    }

    private func stamped<Object: Indexed>(_ object: Object, _ old: Object?) -> Object? {
        if let old, object.hasContent(of: old) { return nil }
        var copy = object
        copy.createIndex = old?.createIndex ?? writeIndex
        copy.modifyIndex = writeIndex
        return copy
    }

    /// The agent's own node, its health, and the server that this one stands for.
    private mutating func registerAgent() {
        store(agent.node)
        store(
            HealthCheck(
                node: agent.name,
                id: HealthCheck.serfID,
                name: "Serf Health Status",
                status: .passing,
                output: "Agent alive and reachable"
            )
        )
        store(ServiceInstance(node: agent.name, id: "consul", name: "consul", port: 8300, meta: StringMap()))
    }
}
