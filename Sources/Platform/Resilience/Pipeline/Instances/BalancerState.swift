import Reactor

/// What ``BalancedInstances`` knows and decides: a state machine without lock, clock or socket.
struct BalancerState: Sendable {
    private struct Slot {
        let id: UInt64
        let instance: ServiceInstance
        var isPassing: Bool
        var weight: Double
        var zone: String?
        var load: InstanceLoad
        var breaker: CircuitBreaker
        /// Whether its last outcome was a failure: only then does a success matter to the ejection.
        var isSuspect = false
        /// How often it was ejected.
        var ejections: UInt64 = 0
    }

    private let settings: BalancedInstances.Settings
    private var slots: [Slot] = []
    private var ejection: OutlierEjection<UInt64>
    /// Whether somebody probes, so that an ejected instance comes back.
    private(set) var isEjecting = false
    /// The places in `slots` to balance over; made anew when something changes.
    private var candidates = WeightedPlaces()
    /// Those of them in our own zone; empty when they are too few, or when zones don't matter.
    private var nearby = WeightedPlaces()
    /// Calls in flight on instances that are not members any more, by their ids.
    private var departing: [UInt64: Int] = [:]
    private var lastID: UInt64 = 0
    private var random: SmallRandom

    init(_ settings: BalancedInstances.Settings, seed: UInt64) {
        self.settings = settings
        ejection = OutlierEjection(settings.ejection)
        random = SmallRandom(seed: seed)
    }

    var count: Int { slots.count }
    /// Calls in flight on instances that are not members any more.
    var departingCalls: Int { departing.values.reduce(0, +) }
    var ejected: [ServiceInstance] { slots.filter { ejection.isEjected($0.id) }.map(\.instance) }
    var breakers: [(instance: ServiceInstance, state: CircuitBreaker.State)] {
        slots.map { ($0.instance, $0.breaker.state) }
    }
    var ejections: [(instance: ServiceInstance, count: UInt64)] { slots.map { ($0.instance, $0.ejections) } }
    /// Calls in flight on an instance.
    func inFlight(_ instance: ServiceInstance) -> Int {
        slots.first { $0.instance == instance }?.load.inFlight ?? 0
    }

    // MARK: Members

    mutating func update(_ members: [BalancedInstances.Member], at now: MonotonicInstant) {
        let joined = slots.isEmpty ? MonotonicInstant.longAgo : now
        var known: [ServiceInstance: Slot] = [:]
        for slot in slots { known[slot.instance] = slot }
        slots = []
        for member in members {
            if var slot = known.removeValue(forKey: member.instance) {
                slot.isPassing = member.isPassing
                slot.weight = member.weight
                slot.zone = member.zone
                slots.append(slot)
            } else if !slots.contains(where: { $0.instance == member.instance }) {
                slots.append(newSlot(member, joined))
            }
        }
        for slot in known.values where slot.load.inFlight > 0 { departing[slot.id] = slot.load.inFlight }
        noteReadmissions(ejection.setMembers(slots.map(\.id), at: now), at: now)
        refresh()
    }

    private mutating func newSlot(_ member: BalancedInstances.Member, _ joined: MonotonicInstant) -> Slot {
        lastID += 1
        return Slot(
            id: lastID,
            instance: member.instance,
            isPassing: member.isPassing,
            weight: member.weight,
            zone: member.zone,
            load: InstanceLoad(joined: joined),
            breaker: CircuitBreaker(settings.breaker)
        )
    }

    private mutating func refresh() {
        var places: [UInt64: Int] = [:]
        for place in slots.indices { places[slots[place].id] = place }
        let found = ejection.candidates { id in places[id].map { slots[$0].isPassing } ?? false }
        candidates = weighted(found.instances.compactMap { places[$0] })
        nearby = WeightedPlaces()
        guard let zone = settings.zone, !found.isPanic else { return }
        let near = candidates.places.filter { slots[$0].zone == zone }
        if near.count >= max(1, settings.zoneLeast), near.count < candidates.places.count {
            nearby = weighted(near)
        }
    }

    private func weighted(_ places: [Int]) -> WeightedPlaces {
        WeightedPlaces(places, weights: places.map { slots[$0].weight })
    }

    // MARK: Choosing

    mutating func choose(
        excluding tried: [ServiceInstance],
        at now: MonotonicInstant
    ) throws(InstanceRefusal) -> InstanceLease {
        guard !candidates.places.isEmpty else { throw .noInstance }
        guard tried.isEmpty else { return try choose(among: untried(tried), at: now) }
        guard !nearby.places.isEmpty else { return try choose(among: candidates, at: now) }
        do throws(InstanceRefusal) {
            return try choose(among: nearby, at: now)
        } catch {
            return try choose(among: candidates, at: now)
        }
    }

    /// Those that the call has not been sent to; when there is none, all but the last one; when that is alone, that one.
    private func untried(_ tried: [ServiceInstance]) -> WeightedPlaces {
        let fresh = candidates.places.filter { !tried.contains(slots[$0].instance) }
        guard fresh.isEmpty else { return weighted(fresh) }
        let others = candidates.places.filter { slots[$0].instance != tried.last }
        return others.isEmpty ? candidates : weighted(others)
    }

    private mutating func choose(
        among places: WeightedPlaces,
        at now: MonotonicInstant
    ) throws(InstanceRefusal) -> InstanceLease {
        let (first, second) = twoChoices(among: places, at: now)
        var retryAfter = Duration.nanoseconds(Int64.max)
        for place in [first, second] where place >= 0 {
            if let lease = admit(place, at: now, &retryAfter) { return lease }
        }
        for place in places.places where place != first && place != second {
            if let lease = admit(place, at: now, &retryAfter) { return lease }
        }
        throw .breakersOpen(retryAfter: retryAfter)
    }

    /// Two places at random, the better one first; -1 for the second where there is but one.
    private mutating func twoChoices(among places: WeightedPlaces, at now: MonotonicInstant) -> (Int, Int) {
        let (one, other) = places.draw(using: &random)
        guard other >= 0 else { return (one, -1) }
        let (better, worse) = isBetter(other, than: one, at: now) ? (other, one) : (one, other)
        // One that is new is passed over, less and less often.
        let share = slots[better].load.share(at: now)
        return share == 1 || random.unit() < share ? (better, worse) : (worse, better)
    }

    private func isBetter(_ place: Int, than other: Int, at now: MonotonicInstant) -> Bool {
        let (one, two) = (slots[place], slots[other])
        guard one.load.isMeasured, two.load.isMeasured else {
            return Double(one.load.inFlight) / one.weight < Double(two.load.inFlight) / two.weight
        }
        guard one.weight != two.weight else { return one.load.cost(at: now) < two.load.cost(at: now) }
        // The lighter one's average has faded more, since it is called less often: that alone must not make it the better.
        let most = max(one.weight, two.weight)
        return one.load.cost(at: now, weight: one.weight / most)
            < 0.8 * two.load.cost(at: now, weight: two.weight / most)
    }

    private mutating func admit(
        _ place: Int,
        at now: MonotonicInstant,
        _ retryAfter: inout Duration
    ) -> InstanceLease? {
        switch slots[place].breaker.admit(at: now) {
        case .refused(let time):
            retryAfter = min(retryAfter, time)
            return nil
        case .admitted(let permit):
            slots[place].load.begin()
            return InstanceLease(slots[place].instance, token: slots[place].id, permit: permit, at: now)
        }
    }

    // MARK: Outcomes

    mutating func record(_ outcome: AttemptOutcome, of lease: InstanceLease, at now: MonotonicInstant) {
        guard let place = place(of: lease) else { return }
        let latency = now.nanoseconds - lease.began.nanoseconds
        if !lease.isTimed {
            // Nothing is learned of how fast it is.
        } else if outcome == .cancelled {
            slots[place].load.record(atLeast: latency, at: now)
        } else {
            slots[place].load.record(latency: latency, isRefusal: outcome.isRefusal, at: now)
        }
        judge(outcome, at: place, lease, at: now)
    }

    /// Takes what became of an answer's content.
    mutating func judge(_ outcome: AttemptOutcome, of lease: InstanceLease, at now: MonotonicInstant) {
        guard let place = place(of: lease) else { return }
        judge(outcome, at: place, lease, at: now)
    }

    private mutating func judge(
        _ outcome: AttemptOutcome,
        at place: Int,
        _ lease: InstanceLease,
        at now: MonotonicInstant
    ) {
        if let permit = lease.permit { slots[place].breaker.record(outcome, for: permit, at: now) }
        guard isEjecting, outcome != .cancelled, outcome.isFailure || slots[place].isSuspect else { return }
        slots[place].isSuspect = outcome.isFailure
        let isOpen = slots[place].breaker.state == .open
        if ejection.record(outcome, of: slots[place].id, breakerIsOpen: isOpen, at: now) != nil {
            slots[place].ejections += 1
            refresh()
        }
    }

    /// Gives the lease's place back.
    mutating func leave(_ lease: InstanceLease) {
        if let place = place(of: lease) { return slots[place].load.end() }
        guard let calls = departing[lease.token] else { return }
        departing[lease.token] = calls > 1 ? calls - 1 : nil
    }

    /// Where the lease's instance stands; nil when it has gone meanwhile.
    private func place(of lease: InstanceLease) -> Int? { slots.firstIndex { $0.id == lease.token } }

    // MARK: Ejection

    mutating func beginEjecting() { isEjecting = true }

    /// Nobody probes any more: all come back.
    mutating func endEjecting(at now: MonotonicInstant) {
        isEjecting = false
        for (id, _) in takeDueProbes(at: .distantFuture) { finishProbe(of: id, passed: true, at: now) }
    }

    mutating func takeDueProbes(at now: MonotonicInstant) -> [(id: UInt64, instance: ServiceInstance)] {
        let due = Set(ejection.takeDueProbes(at: now))
        return due.isEmpty ? [] : slots.filter { due.contains($0.id) }.map { ($0.id, $0.instance) }
    }

    mutating func finishProbe(of id: UInt64, passed: Bool, at now: MonotonicInstant) {
        guard let change = ejection.finishProbe(of: id, passed: passed, at: now) else { return }
        noteReadmissions([change], at: now)
        refresh()
    }

    private mutating func noteReadmissions(
        _ changes: [OutlierEjection<UInt64>.Change],
        at now: MonotonicInstant
    ) {
        for case .readmitted(let id) in changes {
            guard let place = slots.firstIndex(where: { $0.id == id }) else { continue }
            slots[place].load.rejoin(at: now)
            slots[place].isSuspect = false
        }
    }
}

/// Random numbers for choices that nobody could gain by guessing (SplitMix64; Steele, Lea, Flood 2014).
struct SmallRandom: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// A number from 0 up to but not including `bound`.
    mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

    /// A number from 0 up to but not including 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
