package import Reactor

/// What a call took, for who tells of it: filled in as the call goes, also by one that fails.
package struct CallSummary: Sendable {
    /// Attempts that were begun.
    package internal(set) var attempts = 0
    /// The instance of the last attempt; nil when there was none.
    package internal(set) var instance: ServiceInstance?
    /// When the first attempt began and the last one ended; nil before.
    package internal(set) var began: MonotonicInstant?
    package internal(set) var ended: MonotonicInstant?

    /// How long the last attempt took, where that says something of the load; nil otherwise.
    package internal(set) var latency: Duration?

    /// Of a call that has not begun.
    package init() {}

    /// From the first attempt's begin to the last one's end, waits between them included.
    package var nanoseconds: Int64 {
        guard let began, let ended else { return 0 }
        return ended.nanoseconds - began.nanoseconds
    }

    /// The same.
    package var duration: Duration { .nanoseconds(nanoseconds) }
}
