import Reactor
import Synchronization

/// The first stage of the pipeline: gives each call its place, or refuses it.
final class CallLimiter: Sendable {
    /// What happens at the limit.
    private enum Kind: Sendable {
        case none
        case fixed(Bulkhead)
        case adaptive
    }

    private let kind: Kind
    private let gradient: Mutex<GradientLimit>

    init(_ limit: CallLimit, timersOn loop: EventLoop) {
        switch limit {
        case .none:
            kind = .none
            gradient = Mutex(GradientLimit())
        case .fixed(let limits):
            kind = .fixed(Bulkhead(limits, timersOn: loop))
            gradient = Mutex(GradientLimit())
        case .adaptive(let settings):
            kind = .adaptive
            gradient = Mutex(GradientLimit(settings))
        }
    }

    /// Whether there is a limit.
    var isLimiting: Bool { if case .none = kind { false } else { true } }

    /// Whether a call may have to wait for its place.
    var mayWait: Bool { if case .fixed = kind { true } else { false } }

    /// Takes a place; ``leave(latency:at:)`` must follow once where it returns.
    func enter(until deadline: Deadline, at now: MonotonicInstant) async throws(BulkheadError) {
        switch kind {
        case .none: return
        case .fixed(let bulkhead): try await bulkhead.enter(until: deadline, at: now)
        case .adaptive: if !gradient.withLock({ $0.enter() }) { throw .full }
        }
    }

    /// Gives a place back; `latency` is how long the answer took, nil when that tells nothing about the load.
    func leave(latency: Duration?, at now: MonotonicInstant) {
        switch kind {
        case .none: return
        case .fixed(let bulkhead): bulkhead.leave(at: now)
        case .adaptive: gradient.withLock { $0.leave(latency: latency, at: now) }
        }
    }

    /// Calls that have a place; 0 without a limit, which counts nothing.
    var inFlight: Int {
        switch kind {
        case .none: 0
        case .fixed(let bulkhead): bulkhead.inFlight
        case .adaptive: gradient.withLock { $0.inFlight }
        }
    }
}
