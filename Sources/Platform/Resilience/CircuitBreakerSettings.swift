/// When a breaker opens and for how long. The values are those of defaults.md.
public struct CircuitBreakerSettings: Sendable, Equatable {
    /// The time over which calls are counted.
    public var window = Duration.seconds(10)
    /// It takes so many calls in the window before their share of failures counts.
    public var leastCalls = 20
    /// The share of failed calls, from 0 to 1, at which it opens.
    public var failureShare = 0.5
    /// So many failures to connect, one after another, open it too.
    public var connectionFailures = 5
    /// So many failures of any kind, one after another, open it too; nil: only the rules above count.
    public var consecutiveFailures: Int?
    /// How long it is open at first; it doubles each time the probes fail.
    public var openTime = Duration.seconds(5)
    /// What the doubling stops at.
    public var longestOpenTime = Duration.seconds(60)
    /// Calls that pass half-open; all of them must succeed. At least 1.
    public var probes = 3
    /// How long they are waited for: behind that others probe in their place, since a stream may say nothing for hours.
    public var probeTime = Duration.seconds(60)

    /// Makes the defaults: 10 s, 20 calls, 50 %; 5 failures to connect; open 5 s to 60 s; 3 probes.
    public init() {}

    /// The rule of a route that declares "n consecutive": the defaults, and so many failures one after another.
    public static func consecutive(_ failures: Int) -> CircuitBreakerSettings {
        var settings = CircuitBreakerSettings()
        settings.consecutiveFailures = failures
        return settings
    }
}
