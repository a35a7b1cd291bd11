public import HTTP
public import Reactor
import Synchronization

/// Instances of one service and what is known of them from here: load, breakers, ejections.
///
/// Balances by the power of two choices over latency × calls in flight. One lock is taken for each choice and each
/// outcome: all loops share what is known, since a breaker that each loop had for itself would need as many times the
/// failures to open.
public final class BalancedInstances: InstanceSource {
    /// An instance as a registry knows it.
    public struct Member: Sendable, Hashable {
        /// The instance.
        public let instance: ServiceInstance
        /// Whether its checks pass. Those that don't get calls only when fewer than half do.
        public let isPassing: Bool
        /// How many calls it gets beside others: twice the weight, twice the calls. Above 0.
        public let weight: Double
        /// Where it stands; nil when that is not known.
        public let zone: String?

        /// Describes an instance. A weight that is no number above 0 counts as 1.
        public init(
            _ instance: ServiceInstance,
            isPassing: Bool = true,
            weight: Double = 1,
            zone: String? = nil
        ) {
            self.instance = instance
            self.isPassing = isPassing
            self.weight = weight > 0 && weight.isFinite ? weight : 1
            self.zone = zone
        }
    }

    /// How instances are judged; the values are those of defaults.md.
    public struct Settings: Sendable {
        /// When an instance's breaker opens.
        public var breaker = CircuitBreakerSettings()
        /// When an instance is ejected.
        public var ejection = OutlierEjectionSettings()
        /// Where this process stands: with at least ``zoneLeast`` instances in its zone that can take calls, those get all
        /// that are no retry. Default nil: zones don't matter.
        public var zone: String?
        /// See ``zone``. Default 2: one alone would be overrun by its own zone, and leave no other for a retry there.
        public var zoneLeast = 2
        /// What a probe of an ejected instance asks for; 200 brings the instance back.
        public var probePath = "/health/ready"
        /// How long a probe may take.
        public var probeTimeout = Duration.seconds(2)
        /// How often is looked whether a probe is due.
        public var probeInterval = Duration.seconds(1)

        /// Takes the defaults.
        public init() {}
    }

    let settings: Settings
    private let state: Mutex<BalancerState>

    /// Takes the instances that there are; ``update(_:at:)`` follows changes.
    public init(_ members: [Member] = [], settings: Settings = Settings()) {
        self.settings = settings
        var state = BalancerState(settings, seed: UInt64.random(in: 1...UInt64.max))
        state.update(members, at: .longAgo)
        self.state = Mutex(state)
    }

    /// Takes a fixed list of addresses.
    public convenience init(_ destinations: [HTTPDestination], settings: Settings = Settings()) {
        self.init(destinations.map { Member(ServiceInstance($0)) }, settings: settings)
    }

    /// Tells which instances there are now. What is known of those that stay is kept; new ones get their share of the
    /// calls little by little, over 10 s, unless there was none before.
    public func update(_ members: [Member], at now: MonotonicInstant = .now) {
        state.withLock { $0.update(members, at: now) }
    }

    /// Calls in flight on instances that ``update(_:at:)`` took away since they began.
    public var departingCalls: Int { state.withLock { $0.departingCalls } }

    /// How many instances are known.
    public var count: Int { state.withLock { $0.count } }
    /// The ones that are ejected now.
    public var ejected: [ServiceInstance] { state.withLock { $0.ejected } }

    // MARK: The calls

    /// See ``InstanceSource``.
    public func choose(
        excluding tried: [ServiceInstance],
        at now: MonotonicInstant
    ) throws(InstanceRefusal) -> InstanceLease {
        try state.withLock { (state) throws(InstanceRefusal) in try state.choose(excluding: tried, at: now) }
    }

    /// See ``InstanceSource``.
    public func record(
        _ outcome: AttemptOutcome,
        of lease: InstanceLease,
        holdsPlace: Bool,
        at now: MonotonicInstant
    ) {
        state.withLock { state in
            state.record(outcome, of: lease, at: now)
            if !holdsPlace { state.leave(lease) }
        }
    }

    /// See ``InstanceSource``.
    public func release(_ lease: InstanceLease, _ failure: AttemptOutcome?, at now: MonotonicInstant) {
        state.withLock { state in
            if let failure { state.judge(failure, of: lease, at: now) }
            state.leave(lease)
        }
    }

    /// See ``InstanceSource``.
    public var breakers: [(instance: ServiceInstance, state: CircuitBreaker.State)] {
        state.withLock { $0.breakers }
    }

    /// See ``InstanceSource``.
    public var ejections: [(instance: ServiceInstance, count: UInt64)] {
        state.withLock { $0.ejections }
    }

    // MARK: Probes

    /// Ejects instances that fail and probes them until they are well, as long as the task runs.
    ///
    /// Without it nothing is ejected, since nobody would bring an instance back: the breakers alone protect the calls.
    public func run(probing transport: any HTTPTransport, on loop: EventLoop) async {
        state.withLock { $0.beginEjecting() }
        defer { state.withLock { $0.endEjecting(at: .now) } }
        while (try? await loop.sleep(for: settings.probeInterval)) != nil {
            await probe(by: transport, at: .now)
        }
    }

    /// Probes the instances whose ejection is over by `now`, all at once.
    func probe(by transport: any HTTPTransport, at now: MonotonicInstant) async {
        let due = state.withLock { $0.takeDueProbes(at: now) }
        guard !due.isEmpty else { return }
        await withTaskGroup { group in
            for (id, instance) in due {
                group.addTask { [self] in
                    let passed = await passes(instance, transport)
                    state.withLock { $0.finishProbe(of: id, passed: passed, at: now) }
                }
            }
        }
    }

    private func passes(_ instance: ServiceInstance, _ transport: any HTTPTransport) async -> Bool {
        var timeouts = HTTPTimeouts()
        timeouts.attempt = settings.probeTimeout
        timeouts.total = settings.probeTimeout
        let request = HTTPRequest(.get, settings.probePath)
        let response = try? await transport.attempt(request, to: instance, timeouts: timeouts)
        return response?.head.status == .ok
    }

    /// Whether instances are ejected: while ``run(probing:on:)`` runs.
    var isEjecting: Bool { state.withLock { $0.isEjecting } }

    /// For tests, which probe themselves.
    func beginEjecting() { state.withLock { $0.beginEjecting() } }
}
