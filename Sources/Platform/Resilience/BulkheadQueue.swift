public import Reactor

/// Decides who may run: a number of calls at once, and a bounded queue behind them, first come first served.
///
/// It holds no task and no clock. Whoever is told to wait keeps a ticket, and learns from the results of ``leave()`` and
/// ``expire(at:)`` how the wait ended.
public struct BulkheadQueue: Sendable {
    /// Names a call that waits.
    public struct Ticket: Sendable, Hashable {
        fileprivate let number: UInt64
    }

    /// What becomes of a call that wants in.
    public enum Entry: Sendable, Equatable {
        /// It runs; ``BulkheadQueue/leave()`` gives its place back.
        case admitted
        /// It waits.
        case waiting(Ticket)
        /// It can't even wait.
        case refused(BulkheadError)
    }

    private struct Wait {
        let ticket: Ticket
        let deadline: Deadline
    }

    private let limits: BulkheadLimits
    private var waits: [Wait] = []
    private var lastTicket: UInt64 = 0
    /// The first deadline of those that wait, ``Deadline/none`` when nobody does; never too late.
    public private(set) var nextExpiry = Deadline.none
    /// Calls that run now.
    public private(set) var inFlight = 0
    /// What happened so far.
    public private(set) var counters = BulkheadCounters()

    /// Makes an empty queue.
    public init(_ limits: BulkheadLimits) { self.limits = limits }

    /// Calls that wait now.
    public var waiting: Int { waits.count }

    /// Asks for a place; the deadline ends only a wait, so a free place is given in any case.
    public mutating func enter(until deadline: Deadline, at now: MonotonicInstant) -> Entry {
        if inFlight < limits.inFlight {
            inFlight += 1
            counters.admitted += 1
            return .admitted
        }
        guard waits.count < limits.waiting else {
            counters.refused += 1
            return .refused(.full)
        }
        guard !deadline.isOver(at: now) else {
            counters.expired += 1
            return .refused(.waitedTooLong)
        }
        return .waiting(append(deadline))
    }

    /// Gives a place back, or on to the call that has waited longest: that one is returned, and runs.
    ///
    /// Call ``expire(at:)`` first, lest the place goes to a call that is too late.
    public mutating func leave() -> Ticket? {
        guard !waits.isEmpty else {
            inFlight -= 1
            return nil
        }
        counters.admitted += 1
        return waits.removeFirst().ticket
    }

    /// Takes out the calls whose deadline has come, in the order of their coming.
    public mutating func expire(at now: MonotonicInstant) -> [Ticket] {
        guard nextExpiry.isOver(at: now) else { return [] }
        let overdue = waits.filter { $0.deadline.isOver(at: now) }
        waits.removeAll { $0.deadline.isOver(at: now) }
        counters.expired += UInt64(overdue.count)
        nextExpiry = Deadline(at: waits.map(\.deadline.instant).min() ?? .distantFuture)
        return overdue.map(\.ticket)
    }

    /// Takes out a call that no longer wants to wait; false when its wait is over already.
    public mutating func abandon(_ ticket: Ticket) -> Bool {
        guard let index = waits.firstIndex(where: { $0.ticket == ticket }) else { return false }
        waits.remove(at: index)
        counters.cancelled += 1
        return true
    }

    private mutating func append(_ deadline: Deadline) -> Ticket {
        lastTicket += 1
        let ticket = Ticket(number: lastTicket)
        waits.append(Wait(ticket: ticket, deadline: deadline))
        nextExpiry = Deadline(at: min(nextExpiry.instant, deadline.instant))
        return ticket
    }
}
