public import Reactor

/// A limit on calls in flight that finds itself: it grows while the latency is what it has always been, and shrinks when
/// calls begin to queue.
///
/// The algorithm is that of `Gradient2Limit` in Netflix's concurrency-limits (Landau, Thurston and Bozarth, "Performance
/// Under Load", 2018): for each window of samples
///
///     gradient = clamp(tolerance · long-term latency ÷ latency of the window, 0.5 ... 1)
///     limit    = (1 − smoothing) · limit + smoothing · (gradient · limit + queue)
///
/// where the queue, the room to grow, is √limit. A limit that is not used by half does not grow; when calls are slower than ever
/// it comes down to twice what is used, where the rule takes over (the original leaves it where it is, so that a limit that
/// began high never knows of an overload by fewer callers). Each admitted call is given back once with
/// ``leave(latency:at:)``.
public struct GradientLimit: Sendable {
    private let settings: GradientLimitSettings
    private let windowLength: Int64
    private var estimate: Double
    private var longTerm: MovingAverage
    private var window = SampleWindow()
    private var windowEnd = MonotonicInstant(nanoseconds: .min)
    /// Calls in flight now.
    public private(set) var inFlight = 0
    /// Calls that were admitted, ever.
    public private(set) var admitted: UInt64 = 0
    /// Calls that were refused, ever.
    public private(set) var refused: UInt64 = 0

    /// Makes a limit without any experience.
    public init(_ settings: GradientLimitSettings = GradientLimitSettings()) {
        self.settings = settings
        windowLength = settings.window.nanoseconds
        estimate = Double(settings.initial)
        longTerm = MovingAverage(sampleCount: settings.longTermWindows)
    }

    /// The calls that may be in flight at once.
    public var limit: Int { Int(estimate) }

    /// Takes a place; false when the limit is reached.
    public mutating func enter() -> Bool {
        guard inFlight < limit else {
            refused += 1
            return false
        }
        inFlight += 1
        admitted += 1
        return true
    }

    /// Gives a place back, with how long the call took: nil when that tells nothing about the load, as of a cancelled
    /// call, or one that was refused without work.
    public mutating func leave(latency: Duration?, at now: MonotonicInstant) {
        leave(latencyNanoseconds: latency?.nanoseconds, at: now)
    }

    /// The same, in nanoseconds.
    package mutating func leave(latencyNanoseconds latency: Int64?, at now: MonotonicInstant) {
        if let latency { window.add(latency: max(1, latency), inFlight: inFlight) }
        inFlight -= 1
        guard windowEnd <= now, window.count >= settings.leastSamples else { return }
        adapt()
        window = SampleWindow()
        windowEnd = now + windowLength
    }

    private mutating func adapt() {
        let current = window.meanLatency
        longTerm.add(current)
        // After a long overload the average is far too high: bring it down faster than its own pace.
        if longTerm.value > 2 * current { longTerm.value *= 0.9 }
        let isFast = current <= Double(settings.unnoticed.nanoseconds)
        let gradient = isFast ? 1 : max(0.5, min(1, settings.tolerance * longTerm.value / current))
        let target = gradient * estimate + estimate.squareRoot()
        var smoothed = (1 - settings.smoothing) * estimate + settings.smoothing * target
        let used = Double(window.mostInFlight)
        if used < estimate / 2 {
            guard gradient < 1 else { return }
            smoothed = min(estimate, max(smoothed, 2 * used))
        }
        estimate = max(Double(settings.least), min(Double(settings.most), smoothed))
    }
}

/// The calls that ended within one window.
private struct SampleWindow {
    private(set) var count = 0
    private(set) var mostInFlight = 0
    private var latencies = 0.0

    var meanLatency: Double { latencies / Double(count) }

    mutating func add(latency: Int64, inFlight: Int) {
        count += 1
        latencies += Double(latency)
        mostInFlight = max(mostInFlight, inFlight)
    }
}

/// An exponential average that begins as the plain mean of its first ten samples.
private struct MovingAverage {
    var value = 0.0
    private var count = 0.0
    private let weight: Double

    init(sampleCount: Int) { weight = 2 / (Double(sampleCount) + 1) }

    mutating func add(_ sample: Double) {
        count = min(count + 1, 11)
        value += (sample - value) * (count <= 10 ? 1 / count : weight)
    }
}
