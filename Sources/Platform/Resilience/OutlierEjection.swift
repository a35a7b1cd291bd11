public import Reactor

/// Takes instances that fail out of the balancing for a while, though never so many that the rest is overrun.
///
/// An ejected instance comes back by a probe of its `/health/ready`, which the owner makes when
/// ``takeDueProbes(at:)`` names it; no user's request is spent on finding out.
public struct OutlierEjection<Instance: Hashable & Sendable>: Sendable {
    /// What happened to an instance.
    public enum Change: Sendable, Equatable {
        /// It gets no calls before `until` and a probe that passes.
        case ejected(Instance, until: MonotonicInstant)
        /// It gets calls again.
        case readmitted(Instance)
    }

    /// The instances to balance over.
    public struct Candidates: Sendable {
        /// In the order in which the members were set.
        public let instances: [Instance]
        /// Fewer than half are fit, so these are all members (Envoy calls it the panic threshold).
        public let isPanic: Bool
    }

    private struct Record {
        var runningFailures = 0
        /// The n of "10 s · n".
        var ejections = 0
        var ejectedUntil: MonotonicInstant?
        var isProbed = false
        var readmitted = MonotonicInstant(nanoseconds: 0)
    }

    private let settings: OutlierEjectionSettings
    private var members: [Instance] = []
    private var records: [Instance: Record] = [:]
    /// Instances that are ejected now.
    public private(set) var ejectedCount = 0
    /// Ejections, ever.
    public private(set) var ejections: UInt64 = 0
    /// Ejections that were due but would have left fewer than half, ever.
    public private(set) var withheld: UInt64 = 0

    /// Makes an ejection without members.
    public init(_ settings: OutlierEjectionSettings = OutlierEjectionSettings()) { self.settings = settings }

    /// Tells which instances there are; what is known of those that stay is kept. When more than half of them would be
    /// ejected now, those that have waited longest come back.
    public mutating func setMembers(_ instances: [Instance], at now: MonotonicInstant) -> [Change] {
        let known = records
        records = [:]
        members = []
        for instance in instances where records[instance] == nil {
            members.append(instance)
            records[instance] = known[instance] ?? Record()
        }
        ejectedCount = records.values.count { $0.ejectedUntil != nil }
        return readmitOverHalf(at: now)
    }

    /// Takes the outcome of a call to `instance`; of one that is not a member, or is ejected already, it is ignored. A
    /// breaker of the instance that is open now ejects it whatever the outcome was.
    public mutating func record(
        _ outcome: AttemptOutcome,
        of instance: Instance,
        breakerIsOpen: Bool = false,
        at now: MonotonicInstant
    ) -> Change? {
        guard outcome != .cancelled, var record = records[instance], record.ejectedUntil == nil else {
            return nil
        }
        record.runningFailures = outcome.isFailure ? record.runningFailures + 1 : 0
        records[instance] = record
        let isDue =
            outcome.isConnectionFailure || record.runningFailures >= settings.runningFailures || breakerIsOpen
        return isDue ? eject(instance, at: now) : nil
    }

    /// The ejected instances whose time is over and that are not being probed. Each must be answered with
    /// ``finishProbe(of:passed:at:)``.
    public mutating func takeDueProbes(at now: MonotonicInstant) -> [Instance] {
        let due = members.filter { instance in
            guard let record = records[instance], let until = record.ejectedUntil else { return false }
            return !record.isProbed && until <= now
        }
        for instance in due { records[instance]?.isProbed = true }
        return due
    }

    /// Takes the result of a probe: the instance comes back, or stays out for longer than the last time.
    public mutating func finishProbe(of instance: Instance, passed: Bool, at now: MonotonicInstant) -> Change?
    {
        guard let record = records[instance], record.isProbed, record.ejectedUntil != nil else { return nil }
        return passed ? readmit(instance, at: now) : prolong(instance, at: now)
    }

    /// Whether `instance` is ejected now.
    public func isEjected(_ instance: Instance) -> Bool { records[instance]?.ejectedUntil != nil }

    /// The instances to balance over: those that pass (by what the registry says) and are not ejected, or all of them
    /// when fewer than half are left.
    public func candidates(where isPassing: (Instance) -> Bool) -> Candidates {
        let fit = members.filter { isPassing($0) && !isEjected($0) }
        let isPanic = fit.count * 2 < members.count
        return Candidates(instances: isPanic ? members : fit, isPanic: isPanic)
    }

    // MARK: Changes

    private mutating func eject(_ instance: Instance, at now: MonotonicInstant) -> Change? {
        guard (ejectedCount + 1) * 2 <= members.count else {
            withheld += 1
            return nil
        }
        if let record = records[instance],
            now >= record.readmitted + settings.time(ofEjection: record.ejections)
        {
            records[instance]?.ejections = 0
        }
        ejectedCount += 1
        ejections += 1
        return prolong(instance, at: now)
    }

    private mutating func prolong(_ instance: Instance, at now: MonotonicInstant) -> Change? {
        guard var record = records[instance] else { return nil }
        record.ejections += 1
        record.isProbed = false
        let until = now + settings.time(ofEjection: record.ejections)
        record.ejectedUntil = until
        records[instance] = record
        return .ejected(instance, until: until)
    }

    private mutating func readmit(_ instance: Instance, at now: MonotonicInstant) -> Change {
        records[instance]?.ejectedUntil = nil
        records[instance]?.isProbed = false
        records[instance]?.runningFailures = 0
        records[instance]?.readmitted = now
        ejectedCount -= 1
        return .readmitted(instance)
    }

    private mutating func readmitOverHalf(at now: MonotonicInstant) -> [Change] {
        let excess = ejectedCount - members.count / 2
        guard excess > 0 else { return [] }
        let ejected = members.compactMap { instance in
            records[instance]?.ejectedUntil.map { (instance, $0) }
        }
        return ejected.sorted { $0.1 < $1.1 }.prefix(excess).map { readmit($0.0, at: now) }
    }
}
