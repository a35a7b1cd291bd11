import Reactor

/// Who fetches, who waits, and what becomes of those who wait: single flight, without tasks or clocks.
///
/// The first request for a key that has to be fetched leads, and the others wait for it. How they go on:
///
/// - It kept its answer: all look again and find it.
/// - Its answer can't be kept, or it failed: **all go on by themselves, at once and side by side**, and for a while nobody
///   waits under this key (``passTime``): requests for what can't be kept are never put in a line one behind the other.
///   What they do to the service is bounded by the limits before it, as without a cache.
/// - It left, since its client did: the one that has waited longest leads, the others wait on.
struct FlightTable: Sendable {
    /// Names a request that waits.
    struct Ticket: Sendable, Hashable {
        fileprivate let number: UInt64
    }

    /// What a request does that has to be fetched.
    enum Entry: Sendable, Equatable {
        /// It fetches for all; ``FlightTable/end(_:_:at:)`` must follow once.
        case leads
        /// It waits.
        case waits(Ticket)
        /// It fetches for itself.
        case alone
    }

    /// How a flight ended.
    enum Outcome: Sendable {
        /// The answer is in the cache.
        case kept
        /// The answer is not in the cache, and the next ones will hardly be.
        case notKept
        /// There is no answer.
        case failed
        /// The leader gave up.
        case left
    }

    /// What a request does that waited.
    enum Wake: Sendable, Equatable {
        /// It looks into the cache again.
        case looksAgain
        /// It fetches for all, as by ``Entry/leads``.
        case leads
        /// It fetches for itself.
        case alone
        /// Its task was cancelled.
        case cancelled
    }

    private struct Wait {
        let ticket: Ticket
        let end: MonotonicInstant
    }

    private let passTime: Duration
    private let mostFlights: Int
    private let mostWaiting: Int
    private var flights: [[UInt8]: [Wait]] = [:]
    private var passes: [[UInt8]: MonotonicInstant] = [:]
    private var lastTicket: UInt64 = 0
    /// Requests that wait.
    private(set) var waiting = 0
    /// The first end of a wait; never too late.
    private(set) var nextExpiry = MonotonicInstant.distantFuture

    /// The keys kept for which nobody waits; beyond, all are forgotten.
    static let passLimit = 4_096
    /// Longer keys are not kept for that.
    static let passKeyLimit = 2_048

    /// Makes an empty table.
    ///
    /// - Parameters:
    ///   - passTime: how long nobody waits under a key whose answer was not kept.
    ///   - mostFlights: flights at once; each holds an answer's content while that comes.
    ///   - mostWaiting: requests that wait, over all flights.
    init(passTime: Duration, mostFlights: Int, mostWaiting: Int) {
        self.passTime = passTime
        self.mostFlights = mostFlights
        self.mostWaiting = mostWaiting
    }

    /// Flights under way.
    var flightCount: Int { flights.count }

    /// Enters a request; `end` is when it stops to wait.
    mutating func join(_ key: [UInt8], until end: MonotonicInstant, at now: MonotonicInstant) -> Entry {
        if let pass = passes[key] {
            if now < pass { return .alone }
            passes[key] = nil
        }
        guard flights[key] != nil else {
            guard flights.count < mostFlights else { return .alone }
            flights[key] = []
            return .leads
        }
        guard waiting < mostWaiting, now < end else { return .alone }
        lastTicket += 1
        let ticket = Ticket(number: lastTicket)
        flights[key]?.append(Wait(ticket: ticket, end: end))
        waiting += 1
        nextExpiry = min(nextExpiry, end)
        return .waits(ticket)
    }

    /// Whether somebody fetches under a key.
    func isUnderWay(_ key: [UInt8]) -> Bool { flights[key] != nil }

    /// Ends a flight, or hands it on; returns whom to wake.
    mutating func end(_ key: [UInt8], _ outcome: Outcome, at now: MonotonicInstant) -> [(Ticket, Wake)] {
        guard var waits = flights[key] else { return [] }
        if case .left = outcome, !waits.isEmpty {
            let next = waits.removeFirst()
            waiting -= 1
            flights[key] = waits
            return [(next.ticket, .leads)]
        }
        flights[key] = nil
        waiting -= waits.count
        if case .notKept = outcome { notePass(key, at: now) }
        let isKept = if case .kept = outcome { true } else { false }
        return waits.map { ($0.ticket, isKept ? .looksAgain : .alone) }
    }

    /// Takes out those who have waited long enough.
    mutating func expire(at now: MonotonicInstant) -> [Ticket] {
        guard nextExpiry <= now else { return [] }
        var overdue: [Ticket] = []
        nextExpiry = .distantFuture
        for key in Array(flights.keys) {
            flights[key]?.removeAll { wait in
                if wait.end <= now {
                    overdue.append(wait.ticket)
                } else {
                    nextExpiry = min(nextExpiry, wait.end)
                }
                return wait.end <= now
            }
        }
        waiting -= overdue.count
        return overdue
    }

    /// Takes out a request that no longer wants to wait; false when its wait is over.
    mutating func abandon(_ ticket: Ticket, _ key: [UInt8]) -> Bool {
        guard let index = flights[key]?.firstIndex(where: { $0.ticket == ticket }) else { return false }
        flights[key]?.remove(at: index)
        waiting -= 1
        return true
    }

    /// An answer under this key was kept after all: requests wait for each other again.
    mutating func forgetPass(_ key: [UInt8]) { passes[key] = nil }

    private mutating func notePass(_ key: [UInt8], at now: MonotonicInstant) {
        guard key.count <= Self.passKeyLimit else { return }
        if passes.count >= Self.passLimit { passes.removeAll(keepingCapacity: true) }
        passes[key] = now + passTime
    }
}
