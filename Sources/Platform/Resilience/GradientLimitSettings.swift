/// How a limit that follows latency behaves.
public struct GradientLimitSettings: Sendable, Equatable {
    /// The limit before there is experience.
    public var initial = 100
    /// It never falls below this.
    public var least = 20
    /// It never rises above this.
    public var most = 1_000
    /// How much slower than its long-term mean a window may be before the limit shrinks; 1 or more.
    public var tolerance = 1.5
    /// A latency up to which calls count as fast, however much faster others have been: who calls does not notice such a queue.
    public var unnoticed = Duration.zero
    /// How far one window moves the limit towards its target, from 0 to 1.
    public var smoothing = 0.2
    /// The shortest time between two adaptations.
    public var window = Duration.milliseconds(100)
    /// The fewest measured calls for an adaptation.
    public var leastSamples = 10
    /// How many windows the long-term mean remembers: with the window's default, the last ten minutes under load.
    public var longTermWindows = 6_000

    /// Makes the defaults: from 100, between 20 and 1 000, tolerance 1.5, each 100 ms.
    public init() {}
}
