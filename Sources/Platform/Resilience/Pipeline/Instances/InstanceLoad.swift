import Reactor

/// How busy an instance looks from here: a moving average of its latency, and the calls in flight. No clock, no lock.
///
/// The average is weighted by time, and it fades while nothing is measured, so that an instance that was slow is tried
/// again (Finagle's "EWMA" balancer). A refusal, which is often the fastest answer there is, counts as slow.
struct InstanceLoad: Sendable {
    /// After so many nanoseconds a measurement has faded to 1/e.
    private static let memory = 10e9
    /// Nanoseconds in which a new instance grows to its full share.
    private static let slowStart = 10e9
    /// A refusal counts as so many times the average, and at least as so many nanoseconds, at most ten seconds.
    private static let refusalFactor = 8.0
    private static let leastRefusal = 10e6
    private static let mostRefusal = 10e9

    private var average = 0.0
    private var updated: Int64 = 0
    private var joined: MonotonicInstant
    private(set) var isMeasured = false
    /// Calls in flight.
    private(set) var inFlight = 0

    /// An instance that joins now and gets its share little by little; from ``longAgo`` it has all of it.
    init(joined: MonotonicInstant) { self.joined = joined }

    /// It comes back: what was measured before it went says nothing any more, and its share grows anew. Calls that waited in
    /// vain for one that stood still leave an average of seconds, which would take minutes to fade.
    mutating func rejoin(at now: MonotonicInstant) {
        joined = now
        average = 0
        isMeasured = false
    }

    mutating func begin() { inFlight += 1 }
    mutating func end() { inFlight -= 1 }

    /// Adds a measurement.
    mutating func record(latency: Int64, isRefusal: Bool, at now: MonotonicInstant) {
        let remainder = remainder(at: now)
        let weight = isMeasured ? 1 - remainder : 1
        var sample = Double(max(0, latency))
        if isRefusal {
            let cost = min(Self.mostRefusal, max(Self.leastRefusal, Self.refusalFactor * average * remainder))
            sample = max(sample, cost)
        }
        // A refusal is noticed at once, also among many calls.
        average += (sample - average) * (isRefusal ? max(weight, 0.25) : weight)
        updated = max(updated, now.nanoseconds)
        isMeasured = true
    }

    /// Adds a call that was given up without an answer, such as one that a hedge overtook: it would have taken longer still.
    /// Without this an instance that stands still would go on looking as fast as it was, and get its share of all calls.
    mutating func record(atLeast latency: Int64, at now: MonotonicInstant) {
        let remainder = remainder(at: now)
        let sample = Double(latency)
        guard isMeasured, sample > average * remainder else { return }
        average += (sample - average) * max(1 - remainder, 0.1)
        updated = max(updated, now.nanoseconds)
    }

    /// What one more call costs here, comparable between instances that are both measured; `weight` is the instance's,
    /// beside the heaviest.
    func cost(at now: MonotonicInstant, weight: Double = 1) -> Double {
        max(1000, average * remainder(at: now)) * (Double(inFlight) / weight + 1)
    }

    /// The part of its share that it gets, from 0.1 when it has just joined to 1.
    func share(at now: MonotonicInstant) -> Double {
        let age = Double(now.nanoseconds - joined.nanoseconds)
        return max(0.1, min(1, age / Self.slowStart))
    }

    /// The part of the average that is left: about e^-x, without a call.
    private func remainder(at now: MonotonicInstant) -> Double {
        let x = Double(max(0, now.nanoseconds - updated)) / Self.memory
        return 1 / (1 + x + x * x / 2 + x * x * x / 6)
    }
}

extension MonotonicInstant {
    /// Before all that happened since the machine started, and far from overflow.
    static let longAgo = MonotonicInstant(nanoseconds: -1 << 62)
}
