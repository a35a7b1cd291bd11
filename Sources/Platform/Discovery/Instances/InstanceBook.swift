import Reactor

/// What is known of a service's instances: the last known set, how old it is, and what to do with an answer that drops
/// them all. A state machine without socket, clock or file.
struct InstanceBook: Sendable {
    struct Settings: Sendable {
        /// How long instances that vanished all at once are held.
        var hold = Duration.seconds(10)
        /// How old the set may be before it is no use.
        var longestAge = Duration.seconds(86_400)
    }

    let settings: Settings
    /// The instances in force.
    private(set) var known: [DiscoveredInstance] = []
    /// When the registry last said so; nil: never.
    private(set) var confirmed: MonotonicInstant?
    /// Until when vanished ones are held; nil when none are.
    private(set) var heldUntil: MonotonicInstant?

    init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Takes a set from a snapshot that is so old.
    mutating func restore(_ instances: [DiscoveredInstance], age: Duration, at now: MonotonicInstant) {
        guard confirmed == nil, age < settings.longestAge else { return }
        known = instances
        confirmed = MonotonicInstant(nanoseconds: now.nanoseconds - age.nanoseconds)
    }

    /// Those that an answer does not name any more: whether they left by themselves is to be found out before it is taken.
    func missing(in answer: [DiscoveredInstance]) -> [DiscoveredInstance] {
        let named = Set(answer.map(\.key))
        return known.filter { !named.contains($0.key) }
    }

    /// Takes an answer.
    ///
    /// - Parameters:
    ///   - answer: all that the registry names.
    ///   - left: the ids of those that said that they leave.
    ///   - isReset: whether the registry may have lost what it knew.
    ///   - now: when it came.
    /// - Returns: those that are gone now.
    mutating func take(
        _ answer: [DiscoveredInstance],
        left: Set<String>,
        isReset: Bool,
        at now: MonotonicInstant
    ) -> [DiscoveredInstance] {
        confirmed = now
        let missing = missing(in: answer)
        let unexplained = missing.filter { !left.contains($0.id) }
        let isSuspicious = answer.isEmpty || isReset || heldUntil != nil
        guard isSuspicious, !unexplained.isEmpty else {
            heldUntil = nil
            known = answer
            return missing
        }
        let end = heldUntil ?? now + settings.hold
        guard now < end else {
            heldUntil = nil
            known = answer
            return missing
        }
        heldUntil = end
        known = answer + unexplained
        return missing.filter { left.contains($0.id) }
    }

    /// How long the next question may wait, so that the hold ends in time; nil without a hold.
    func longestWait(at now: MonotonicInstant) -> Duration? { heldUntil.map { max(.zero, $0 - now) } }

    /// How long ago the registry last said so; nil: never.
    func age(at now: MonotonicInstant) -> Duration? { confirmed.map { max(.zero, now - $0) } }

    /// Drops a set that is too old. Returns whether there was one.
    mutating func expire(at now: MonotonicInstant) -> Bool {
        guard let age = age(at: now), age >= settings.longestAge, !known.isEmpty else { return false }
        known = []
        heldUntil = nil
        return true
    }
}
