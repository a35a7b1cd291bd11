public import Reactor

/// Keeps retries from multiplying an overload: within the window, at most a share of the calls, and a floor beside it.
///
/// With everything failing, the attempts come to at most 1.2 times the calls (and the floor), where three attempts each
/// would be 3 times. The form is that of Finagle's and Linkerd's retry budget. One budget serves the calls to one peer.
public struct RetryBudget: Sendable {
    /// What the budget allows.
    public struct Settings: Sendable, Equatable {
        /// Retries for each call in the window, from 0 to 1.
        public var share = 0.2
        /// Retries a second that are always allowed; they add up over the window.
        public var floorPerSecond = 3.0
        /// The window over which calls and retries are counted.
        public var window = Duration.seconds(10)

        /// Makes the defaults: 20 % over 10 s, and 3 a second.
        public init() {}
    }

    private let settings: Settings
    private let floor: Double
    private var counts: RollingCounts
    /// Retries that were allowed, ever.
    public private(set) var retries: UInt64 = 0
    /// Retries that were refused, ever.
    public private(set) var refusals: UInt64 = 0

    /// Makes a budget that has not been used.
    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        floor = settings.floorPerSecond * Double(settings.window.nanoseconds) / 1e9
        counts = RollingCounts(window: settings.window)
    }

    /// Counts a call, once, at its first attempt.
    public mutating func recordCall(at now: MonotonicInstant) {
        counts.advance(to: now)
        counts.add(total: 1, marked: 0)
    }

    /// Takes one retry out of the budget; false when it is spent.
    public mutating func takeRetry(at now: MonotonicInstant) -> Bool {
        counts.advance(to: now)
        guard Double(counts.marked + 1) <= allowance else {
            refusals += 1
            return false
        }
        counts.add(total: 0, marked: 1)
        retries += 1
        return true
    }

    /// How much of the budget is left, from 0 (spent) to 1 (untouched).
    public mutating func remainingShare(at now: MonotonicInstant) -> Double {
        counts.advance(to: now)
        return allowance > 0 ? max(0, 1 - Double(counts.marked) / allowance) : 0
    }

    private var allowance: Double { floor + settings.share * Double(counts.total) }
}
