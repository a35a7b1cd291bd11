import Reactor
import Resilience
import Synchronization

/// Refuses requests at once when a service's latency says that more would only queue.
///
/// **One for each upstream service.** The limit compares a window's latency with what it has always been, so what it
/// watches must be of one kind. One limit for the process would mix a report of two seconds with a look-up of one
/// millisecond: each change of the mix would look like overload, and one stuck service would fill the limit and have all
/// others shed. The gateway's own overload needs no limit beside these: its queueing is in the time of every service, so
/// all of them shrink. A bound on the whole process (``InFlightLimit``) keeps its memory.
///
/// Requests for health and metrics are answered by the gateway itself and never come here.
///
/// A place is held until the answer's head is there, not to its end: an event stream of an hour would take a place and tell
/// nothing about load. What streams is counted by the in-flight limits of route and caller.
final class LoadShedder: Sendable {
    /// The service.
    let service: String
    private let gradient: Mutex<GradientLimit>

    /// Makes a limit without experience.
    init(service: String, _ settings: GradientLimitSettings = GradientLimitSettings()) {
        self.service = service
        gradient = Mutex(GradientLimit(settings))
    }

    /// Takes a place, which the lease gives back; nil when the limit is reached: ``LimitRefusal/overloaded``.
    func enter() -> ShedderLease? { gradient.withLock { $0.enter() } ? ShedderLease(of: self) : nil }

    /// The requests that may be in flight at once now.
    var limit: Int { gradient.withLock { $0.limit } }
    /// Requests in flight.
    var inFlight: Int { gradient.withLock { $0.inFlight } }
    /// Requests refused.
    var shed: UInt64 { gradient.withLock { $0.refused } }

    fileprivate func leave(latency: Int64?, at now: MonotonicInstant) {
        gradient.withLock { $0.leave(latencyNanoseconds: latency, at: now) }
    }
}

/// A place of a ``LoadShedder``, given back exactly once.
struct ShedderLease: ~Copyable, Sendable {
    private let shedder: LoadShedder
    /// In nanoseconds.
    private var latency: Int64?
    private var end: MonotonicInstant?

    fileprivate init(of shedder: LoadShedder) { self.shedder = shedder }

    /// Gives the place back, with the time to the answer's head. Without this call, as for a request that was cancelled or
    /// refused on the way, the place goes back and tells nothing.
    consuming func answered(afterNanoseconds latency: Int64, at now: MonotonicInstant) {
        self.latency = latency
        end = now
    }

    deinit { shedder.leave(latency: latency, at: end ?? .now) }
}
