import Reactor

/// What is known of a check for as long as the process runs: when its next report is due, how its last runs went.
struct CheckClock: Sendable {
    /// Tells this clock's entries in the queue from those of an earlier one.
    let generation: Int
    /// When a TTL check turns critical.
    var deadline = MonotonicInstant.distantFuture
    var isQueued = false
    /// Results of the same kind in a row.
    var successes = 0
    var failures = 0
    /// Since when results have been critical; nil while they are not.
    var criticalSince: MonotonicInstant?

    /// Takes one run's result, and says what status that makes (consul-http-api.md §5): the status changes at the N-th result of
    /// its kind in a row.
    mutating func count(_ result: CheckStatus, _ plan: CheckPlan, current: CheckStatus) -> CheckStatus {
        if result == .critical {
            successes = 0
            failures += 1
            if failures >= max(1, plan.failuresBeforeCritical) { return .critical }
            let warns = plan.failuresBeforeWarning > 0 && failures >= plan.failuresBeforeWarning
            return warns ? .warning : current
        }
        failures = 0
        successes += 1
        return successes >= max(1, plan.successBeforePassing) ? result : current
    }
}
