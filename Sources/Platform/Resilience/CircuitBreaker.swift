public import Reactor

/// Stops calls to an instance that fails, and finds out with a few probes when it is well again.
///
/// Closed, it counts; open, it refuses; half-open, it lets a few calls through, and their outcomes decide. Time comes in
/// as a parameter, and each change of state is reported, for the metric `resilience_breaker_state`.
public struct CircuitBreaker: Sendable {
    /// Where a breaker stands; the raw value is that of the metric.
    public enum State: Int, Sendable {
        /// Calls pass and are counted.
        case closed = 0
        /// A few probes pass.
        case halfOpen = 1
        /// No call passes.
        case open = 2
    }

    /// A change of state.
    public struct Change: Sendable, Equatable {
        /// The state before.
        public let from: State
        /// The state now.
        public let to: State
    }

    /// Goes with a call that was let through, and back with its outcome: once for each call, also for a cancelled one.
    public struct Permit: Sendable, Equatable {
        fileprivate let period: UInt64
    }

    /// Whether a call may go out.
    public enum Verdict: Sendable, Equatable {
        /// It may; report its outcome with the permit.
        case admitted(Permit)
        /// It may not; asking again before this time is in vain.
        case refused(retryAfter: Duration)
    }

    private let settings: CircuitBreakerSettings
    private let onChange: @Sendable (Change) -> Void
    private var counts: RollingCounts
    private var connectionFailures = 0
    private var runningFailures = 0
    private var openUntil = MonotonicInstant(nanoseconds: 0)
    private var probesUntil = MonotonicInstant(nanoseconds: 0)
    private var nextOpenTime: Duration
    private var probesToSend = 0
    private var probesToPass = 0
    /// Grows with each change: an outcome that belongs to an earlier period no longer counts.
    private var period: UInt64 = 0
    /// Where it stands. It leaves `open` with the first call after the rest, not by itself.
    public private(set) var state = State.closed
    /// How often it opened.
    public private(set) var openings: UInt64 = 0
    /// Calls that it refused.
    public private(set) var refusals: UInt64 = 0

    /// Makes a closed breaker.
    ///
    /// - Parameters:
    ///   - settings: when it opens and for how long.
    ///   - onChange: called with each change of state, within the call that caused it.
    public init(
        _ settings: CircuitBreakerSettings = CircuitBreakerSettings(),
        onChange: @escaping @Sendable (Change) -> Void = { _ in }
    ) {
        self.settings = settings
        self.onChange = onChange
        counts = RollingCounts(window: settings.window)
        nextOpenTime = settings.openTime
    }

    /// Asks whether a call may go out now.
    public mutating func admit(at now: MonotonicInstant) -> Verdict {
        if state == .open && openUntil <= now || state == .halfOpen && probesToSend == 0 && probesUntil <= now
        {
            becomeHalfOpen(at: now)
        }
        switch state {
        case .closed: return .admitted(Permit(period: period))
        case .halfOpen where probesToSend > 0:
            probesToSend -= 1
            return .admitted(Permit(period: period))
        case .halfOpen, .open:
            refusals += 1
            return .refused(retryAfter: state == .open ? openUntil - now : settings.openTime)
        }
    }

    /// Takes the outcome of a call that was let through.
    public mutating func record(_ outcome: AttemptOutcome, for permit: Permit, at now: MonotonicInstant) {
        guard permit.period == period else { return }
        switch state {
        case .closed: count(outcome, at: now)
        case .halfOpen: judge(outcome, at: now)
        case .open: break
        }
    }

    // MARK: Closed

    private mutating func count(_ outcome: AttemptOutcome, at now: MonotonicInstant) {
        guard outcome != .cancelled else { return }
        connectionFailures = outcome.isConnectionFailure ? connectionFailures + 1 : 0
        runningFailures = outcome.isFailure ? runningFailures + 1 : 0
        counts.advance(to: now)
        counts.add(total: 1, marked: outcome.isFailure ? 1 : 0)
        if outcome.isFailure, hasSeenEnough { open(at: now) }
    }

    private var hasSeenEnough: Bool {
        if connectionFailures >= settings.connectionFailures { return true }
        if let limit = settings.consecutiveFailures, runningFailures >= limit { return true }
        return counts.total >= settings.leastCalls
            && Double(counts.marked) >= settings.failureShare * Double(counts.total)
    }

    // MARK: Half-open

    private mutating func judge(_ outcome: AttemptOutcome, at now: MonotonicInstant) {
        if outcome == .cancelled {
            probesToSend += 1
        } else if outcome.isFailure {
            open(at: now)
        } else {
            probesToPass -= 1
            if probesToPass == 0 { close() }
        }
    }

    // MARK: Changes

    private mutating func open(at now: MonotonicInstant) {
        openUntil = now + nextOpenTime
        nextOpenTime = min(nextOpenTime + nextOpenTime, settings.longestOpenTime)
        openings += 1
        change(to: .open)
    }

    private mutating func becomeHalfOpen(at now: MonotonicInstant) {
        probesUntil = now + settings.probeTime
        probesToSend = settings.probes
        probesToPass = settings.probes
        change(to: .halfOpen)
    }

    private mutating func close() {
        nextOpenTime = settings.openTime
        change(to: .closed)
    }

    private mutating func change(to next: State) {
        let last = state
        state = next
        period += 1
        connectionFailures = 0
        runningFailures = 0
        counts.reset()
        if last != next { onChange(Change(from: last, to: next)) }
    }
}
