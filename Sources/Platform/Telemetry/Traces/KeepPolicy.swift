import Reactor

/// Which traces are worth keeping after the fact: errors and those slower than their route's p99, under a budget.
/// Time comes in as a parameter.
struct KeepPolicy: Sendable {
    enum Verdict: Sendable, Equatable {
        case keep
        /// Neither an error nor slow.
        case drop
        /// Worth keeping, but too many were this second.
        case overBudget
    }

    private let settings: TailSettings
    private let lifetime: Int64
    private var budget: TraceBudget
    private var routes: [String: LatencyEstimate] = [:]
    private var others = LatencyEstimate()

    init(_ settings: TailSettings) {
        self.settings = settings
        lifetime = settings.lifetime.nanoseconds
        budget = TraceBudget(perSecond: settings.tracesPerSecond)
    }

    /// How many routes are followed.
    var routeCount: Int { routes.count }

    /// Decides on a trace whose first span here has this name, outcome and duration in nanoseconds; the duration counts
    /// for the next ones.
    mutating func decide(
        route: String,
        duration: Int64,
        isError: Bool,
        at now: MonotonicInstant
    ) -> Verdict {
        let isSlow = record(duration, of: route) || duration >= lifetime
        guard isError || isSlow else { return .drop }
        return budget.take(at: now) ? .keep : .overBudget
    }

    /// Adds a duration; true when it is above what was the route's p99 before.
    private mutating func record(_ duration: Int64, of route: String) -> Bool {
        guard routes[route] != nil || routes.count < settings.routes else {
            return Self.record(duration, in: &others, settings.minimumSamples)
        }
        return Self.record(duration, in: &routes[route, default: LatencyEstimate()], settings.minimumSamples)
    }

    private static func record(_ duration: Int64, in estimate: inout LatencyEstimate, _ minimum: Int) -> Bool
    {
        let isSlow = estimate.seen >= minimum && duration > estimate.threshold
        estimate.record(duration)
        return isSlow
    }
}
