import Reactor

/// When something that changes again and again is to be acted upon: when it has been quiet for a moment, and not too late.
struct Debounce: Sendable {
    /// How long nothing must have changed.
    var quiet = Duration.milliseconds(500)
    /// How long a change may wait at most.
    var longest = Duration.seconds(2)
    private var first: MonotonicInstant?
    private var last: MonotonicInstant?

    /// Takes the times.
    init(quiet: Duration = .milliseconds(500), longest: Duration = .seconds(2)) {
        (self.quiet, self.longest) = (quiet, longest)
    }

    /// Notes a change.
    mutating func note(at now: MonotonicInstant) {
        first = first ?? now
        last = now
    }

    /// When to act; nil when nothing has changed.
    var due: MonotonicInstant? {
        guard let first, let last else { return nil }
        return min(first + longest, last + quiet)
    }

    /// Says that it is acted upon now.
    mutating func clear() { (first, last) = (nil, nil) }
}
