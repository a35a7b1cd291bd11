import Reactor

/// A point of a test's own time.
func at(_ time: Duration) -> MonotonicInstant { MonotonicInstant(nanoseconds: 5_000_000_000_000) + time }
