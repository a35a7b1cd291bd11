public import Reactor

/// The rules of following something in Consul by blocking queries: what to ask next, and when. No socket, no clock.
///
/// The index is forgotten when it goes back, is 0 or is missing, and behind a failure: a registry that lost what it knew would
/// hold a question for what lies behind an index that it has not reached yet. Once a minute everything is asked for anew, so that a
/// missed event is repaired; failures, and answers that come again and again without news, are followed by a pause.
public struct BlockingQuery: Sendable {
    /// How often and how long; the values are those of defaults.md.
    public struct Settings: Sendable, Equatable {
        /// How long Consul may hold a question.
        public var wait = Duration.seconds(55)
        /// How often everything is asked for at once.
        public var resync = Duration.seconds(60)
        /// The pause behind the first failure; it doubles with each, and is shortened by chance down to half.
        public var pause = Duration.milliseconds(250)
        /// The longest pause.
        public var longestPause = Duration.seconds(10)

        /// Takes the defaults.
        public init() {}
    }

    /// What an answer means.
    public struct News: Sendable, Equatable {
        /// Whether the index went back or vanished: the registry may have lost what it knew.
        public let isReset: Bool
        /// How long to wait before the next question.
        public let pause: Duration
    }

    private let settings: Settings
    /// What was seen last; 0 for nothing.
    public private(set) var index: UInt64 = 0
    private var highest: UInt64 = 0
    private var asked = MonotonicInstant(nanoseconds: 0)
    private var isFull = true
    private var lastFull: MonotonicInstant?
    private var failures = 0
    private var idleAnswers = 0

    /// Begins with nothing seen.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// The next question, which is sent at `now`; `limit` is the longest that may be waited for this time.
    public mutating func next(at now: MonotonicInstant, waitingAtMost limit: Duration? = nil) -> ConsulPoll {
        asked = now
        let left = lastFull.map { $0 + settings.resync - now } ?? .zero
        // A question that would be held for a moment only is no use.
        isFull = index == 0 || left < settings.resync / 12
        guard !isFull else { return ConsulPoll() }
        let wait = min(settings.wait, left, limit ?? settings.wait)
        return ConsulPoll(index: index, wait: max(.milliseconds(10), wait))
    }

    /// Takes the index of an answer, which came at `now`.
    public mutating func answered(
        index new: UInt64?,
        at now: MonotonicInstant,
        using random: inout some RandomNumberGenerator
    ) -> News {
        failures = 0
        if isFull { lastFull = now }
        guard let new, new >= 1 else {
            index = 0
            idleAnswers += 1
            return News(isReset: highest > 0, pause: pause(idleAnswers, &random))
        }
        let isReset = new < highest
        // Nothing new, and sooner than it could be for having waited.
        let isIdle = !isFull && new == index && now - asked < settings.pause
        idleAnswers = isIdle ? idleAnswers + 1 : 0
        // What stands behind a smaller index may be anything: ask for all of it.
        index = new < index ? 0 : new
        highest = new
        return News(isReset: isReset, pause: isIdle ? pause(idleAnswers, &random) : .zero)
    }

    /// Takes a failure. Returns how long to wait before the next question.
    public mutating func failed(using random: inout some RandomNumberGenerator) -> Duration {
        failures += 1
        index = 0
        return pause(failures, &random)
    }

    private func pause(_ number: Int, _ random: inout some RandomNumberGenerator) -> Duration {
        let full = min(settings.longestPause, settings.pause * (1 << min(number - 1, 16)))
        return full / 2 + full / 2 * Double.random(in: 0..<1, using: &random)
    }
}
